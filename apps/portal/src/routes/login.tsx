import { useRouter } from '@tanstack/react-router';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { landingPath } from '../app/next';
import { OpeningScreen } from '../app/opening-screen';
import { usePortal } from '../app/portal';
import { ProblemScreen } from '../app/problem-screen';
import { Screen } from '../app/screen';
import { Shell } from '../app/shell/shell';
import type { LoginResult, UsableLink } from '../features/login/login';

/** Opens the portal from a magic link. */
export function LoginPage() {
  const { inbox } = usePortal();
  const link = useSyncExternalStore(inbox.subscribe, inbox.get);
  return (
    <Shell>
      {link.kind === 'absent' ? (
        <Screen kind="noLink" />
      ) : link.kind === 'malformed' ? (
        <Screen kind="malformedLink" />
      ) : (
        <Entrance key={link.kind === 'code' ? link.code : link.token} link={link} />
      )}
    </Shell>
  );
}

function Entrance({ link }: { readonly link: UsableLink }) {
  const { login, parameters } = usePortal();
  const { history } = useRouter();
  const [attempt, setAttempt] = useState(0);
  const [result, setResult] = useState<LoginResult>();

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt is a reason to enter again
  useEffect(() => {
    let isCurrent = true;
    setResult(undefined);
    void login.enter(link).then((entered) => {
      if (!isCurrent) return;
      if (entered.kind === 'open') history.replace(landingPath(entered.appId, parameters.next));
      else setResult(entered);
    });
    return () => {
      isCurrent = false;
    };
  }, [login, link, parameters, history, attempt]);

  if (result?.kind === 'refused') return <Screen kind="linkUsed" />;
  if (result?.kind === 'problem') return <ProblemScreen retry={() => setAttempt(attempt + 1)} />;
  return <OpeningScreen />;
}
