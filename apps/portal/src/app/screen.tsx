import type { ComponentType, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import {
  ClockIcon,
  CloudIcon,
  EnvelopeIcon,
  LinkIcon,
  LockIcon,
  LogOutIcon,
  SearchIcon,
} from '../components/icons';
import { MessageScreen } from '../components/message-screen';

const ICONS = {
  linkUsed: LinkIcon,
  malformedLink: LinkIcon,
  noLink: EnvelopeIcon,
  ended: ClockIcon,
  loggedOut: LogOutIcon,
  problem: CloudIcon,
  notFound: SearchIcon,
  notAllowed: LockIcon,
  applicationMissing: SearchIcon,
  endpointMissing: SearchIcon,
  messageMissing: SearchIcon,
  eventTypeMissing: SearchIcon,
} as const satisfies Record<string, ComponentType<{ size?: number }>>;

export type ScreenKind = keyof typeof ICONS;

interface ScreenProps {
  readonly kind: ScreenKind;
  readonly action?: ReactNode;
}

/** A screen that tells why there is no page, and the way out. */
export function Screen({ kind, action }: ScreenProps) {
  const { t } = useTranslation();
  const Icon = ICONS[kind];
  const title = t(`${kind}.title`);
  return (
    <MessageScreen
      icon={<Icon size={26} />}
      documentTitle={t('portal.documentTitle', { screen: title, portal: t('portal.title') })}
      title={title}
      text={t(`${kind}.text`)}
      way={t(`${kind}.way`)}
      action={action}
    />
  );
}
