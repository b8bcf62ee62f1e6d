import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import page from './page.module.css';
import { ScreenHeading } from './screen-heading';

type Titles =
  | { readonly title: string; readonly documentTitle?: string }
  | { readonly title: ReactNode; readonly documentTitle: string };

/** `documentTitle` is what the browser's tab says, where the title is too long for it or is not text. */
type PageHeadProps = Titles & {
  readonly lead?: ReactNode;
  /** What stands above the title: the way back. */
  readonly above?: ReactNode;
  readonly actions?: ReactNode;
};

/** Title of a page, what it is about, and what can be done here. */
export function PageHead({ lead, above, actions, ...titles }: PageHeadProps) {
  const { t } = useTranslation();
  const { title } = titles;
  const documentTitle = titles.documentTitle ?? titles.title;
  return (
    <>
      {above}
      <div className={page.head}>
        <div className={page.headText}>
          <ScreenHeading
            documentTitle={t('portal.documentTitle', { screen: documentTitle, portal: t('portal.title') })}
            className={page.title}
          >
            {title}
          </ScreenHeading>
          {lead === undefined ? null : <div className={page.lead}>{lead}</div>}
        </div>
        {actions === undefined ? null : <div className={page.actions}>{actions}</div>}
      </div>
    </>
  );
}
