import { Outlet, useParams } from '@tanstack/react-router';
import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { usePortal } from '../app/portal';
import { ProblemScreen } from '../app/problem-screen';
import { Screen } from '../app/screen';
import { Navigation } from '../app/shell/navigation';
import { Shell } from '../app/shell/shell';
import { ShellButton } from '../app/shell/shell-button';
import { LogOutIcon } from '../components/icons';
import { useApplication, useEnvironmentLook } from '../features/application/queries';
import { useLogOut } from '../features/session/queries';
import { SessionScope } from '../features/session/session-scope';
import { hasStatus } from '../lib/api';

/** Around all pages of an application: they are there as long as its session is. */
export function ApplicationLayout() {
  const { sessions } = usePortal();
  const { appId } = useParams({ from: '/$appId' });
  const state = useSyncExternalStore(sessions.subscribe, () => sessions.get(appId));
  if (state.kind !== 'open') {
    return (
      <Shell>
        <Screen kind={state.kind === 'absent' ? 'noLink' : state.kind} />
      </Shell>
    );
  }
  return (
    <SessionScope key={state.session.token} session={state.session}>
      <OpenApplication />
    </SessionScope>
  );
}

function OpenApplication() {
  const { t } = useTranslation();
  const { data, error, isFetching, refetch } = useApplication();
  useEnvironmentLook();
  const logOut = useLogOut();
  const { appId } = useParams({ from: '/$appId' });
  return (
    <Shell
      name={data?.name}
      navigation={data === undefined && error !== null ? undefined : <Navigation appId={appId} />}
      notice={logOut.isError ? t('portal.logOutFailed') : undefined}
      actions={
        <ShellButton
          icon={<LogOutIcon size={18} />}
          label={t('portal.logOut')}
          isBusy={logOut.isPending}
          onClick={() => logOut.mutate()}
        />
      }
    >
      {data !== undefined || error === null ? (
        <Outlet />
      ) : hasStatus(error, 404) ? (
        <Screen kind="applicationMissing" />
      ) : (
        <ProblemScreen retry={() => void refetch()} isRetrying={isFetching} />
      )}
    </Shell>
  );
}
