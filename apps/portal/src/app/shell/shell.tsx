import { ActionIcon } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { MoonIcon, SunIcon } from '../../components/icons';
import { usePortal } from '../portal';
import { useLook, useScheme } from '../theme/theme-provider';
import { Mark } from './mark';
import styles from './shell.module.css';

interface ShellProps {
  /** The application's name; undefined while it is not known. */
  readonly name?: string | undefined;
  readonly actions?: ReactNode;
  /** The ways to other pages. */
  readonly navigation?: ReactNode;
  /** A sentence about something that did not work. */
  readonly notice?: string | undefined;
  readonly children: ReactNode;
}

/** What stands around every screen: a page of its own, or next to nothing inside the frame of another page. */
export function Shell(props: ShellProps) {
  const { isFramed, parameters } = usePortal();
  return (
    <div className={styles.shell} data-no-gutters={parameters.noGutters || undefined}>
      {isFramed ? <FrameBar {...props} isHidden={parameters.hideNavigation} /> : <PageHeader {...props} />}
      <div role="alert" className={styles.notice}>
        {props.notice}
      </div>
      <main id="content" className={styles.main}>
        {props.children}
      </main>
    </div>
  );
}

function PageHeader({ name, actions, navigation }: ShellProps) {
  const { t } = useTranslation();
  const { parameters } = usePortal();
  const { look } = useLook();
  const application = name ?? t('portal.title');
  return (
    <>
      <a href="#content" className={styles.skip}>
        {t('portal.skip')}
      </a>
      <header className={styles.header}>
        <div className={styles.row}>
          <div className={styles.brand}>
            <Mark key={parameters.icon ?? look.icon} icon={parameters.icon ?? look.icon} />
            <span className={styles.name}>
              {look.name === undefined ? application : `${look.name} · ${application}`}
            </span>
          </div>
          <div className={styles.actions}>
            <SchemeSwitch />
            {actions}
          </div>
        </div>
        {navigation}
      </header>
    </>
  );
}

/** The page around us has the brand; we add the name and what can be done. */
function FrameBar({ name, actions, navigation, isHidden }: ShellProps & { readonly isHidden: boolean }) {
  if (isHidden || actions === undefined) return null;
  return (
    <header className={styles.bar}>
      <div className={styles.row}>
        <span className={styles.barName}>{name}</span>
        <div className={styles.actions}>{actions}</div>
      </div>
      {navigation}
    </header>
  );
}

function SchemeSwitch() {
  const { t } = useTranslation();
  const { scheme, toggle } = useScheme();
  const label = scheme === 'dark' ? t('portal.useLight') : t('portal.useDark');
  return (
    <ActionIcon variant="subtle" size="lg" onClick={toggle} aria-label={label} title={label}>
      {scheme === 'dark' ? <SunIcon /> : <MoonIcon />}
    </ActionIcon>
  );
}
