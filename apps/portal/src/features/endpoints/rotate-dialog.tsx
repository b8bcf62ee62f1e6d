import { Button } from '@mantine/core';
import type { EndpointSecretRotateIn } from '@postrider/contract';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnnounce } from '../../components/announcer';
import { Dialog, DialogActions } from '../../components/dialog';
import { NativeSelect, TextInput } from '../../components/inputs';
import { ProblemNote } from '../../components/problem-note';
import { useChange } from '../../lib/change';
import { useOpenSession } from '../session/session-scope';
import { useEndpointParams } from './queries';

/** For how long the old secret goes on signing, by name, in seconds. */
const GRACES = { none: 0, hour: 3600, day: 86_400, days: 259_200, week: 604_800 } as const;
type Grace = keyof typeof GRACES;
const isGrace = (text: string): text is Grace => Object.hasOwn(GRACES, text);

/** Asks before an endpoint gets a new secret, and for how long the old one shall go on. */
export function RotateDialog(props: { readonly endpointId: string; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const announce = useAnnounce();
  const { api } = useOpenSession();
  const params = useEndpointParams(props.endpointId);
  const [grace, setGrace] = useState<Grace>('day');
  const [key, setKey] = useState('');
  const rotate = useChange(
    (body: EndpointSecretRotateIn) => api.endpoint.rotateSecret({ params, body, headers: {} }),
    () => {
      announce(t('secret.rotated'));
      props.onClose();
    },
  );
  const own = key.trim() === '' ? {} : { key: key.trim() };
  return (
    <Dialog title={t('secret.rotateTitle')} onClose={props.onClose}>
      <p>{t('secret.rotateText')}</p>
      <NativeSelect
        label={t('secret.grace')}
        description={t('secret.graceHint')}
        value={grace}
        data={Object.keys(GRACES).map((value) => ({
          value,
          label: t(`grace.${isGrace(value) ? value : 'day'}`),
        }))}
        onChange={(event) => setGrace(isGrace(event.currentTarget.value) ? event.currentTarget.value : 'day')}
      />
      <TextInput
        label={t('secret.own')}
        description={t('form.secretHint')}
        autoComplete="off"
        spellCheck={false}
        value={key}
        onChange={(event) => setKey(event.currentTarget.value)}
      />
      {rotate.error === null ? null : <ProblemNote error={rotate.error} />}
      <DialogActions>
        <Button variant="default" onClick={props.onClose}>
          {t('action.cancel')}
        </Button>
        <Button
          color="danger"
          loading={rotate.isPending}
          onClick={() => rotate.mutate({ ...own, gracePeriodSeconds: GRACES[grace] })}
        >
          {t('secret.rotateConfirm')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
