import { useTranslation } from 'react-i18next';
import page from '../components/page.module.css';
import { PageSkeleton } from '../components/page-skeleton';
import { ScreenHeading } from '../components/screen-heading';

/** Stands where the first page will be, in its shape. */
export function OpeningScreen() {
  const { t } = useTranslation();
  return (
    <PageSkeleton
      heading={
        <ScreenHeading documentTitle={t('portal.title')} className={page.title}>
          {t('portal.opening')}
        </ScreenHeading>
      }
    />
  );
}
