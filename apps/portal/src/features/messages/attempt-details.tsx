import type { MessageAttemptOut } from '@postrider/contract';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Address } from '../../components/address';
import { CodeBlock } from '../../components/code-block';
import { ChevronRightIcon } from '../../components/icons';
import { Instant } from '../../components/instant';
import { Loaded } from '../../components/loaded';
import page from '../../components/page.module.css';
import table from '../../components/table.module.css';
import { Answer } from '../attempts/attempt-table';
import { useAttemptHeaders } from '../attempts/queries';
import { StatusPill } from '../attempts/status';
import { HeaderTable } from '../endpoints/headers-card';
import styles from './deliveries.module.css';

/** What the API puts in the place of an answer that was deleted. */
const EXPUNGED = 'EXPUNGED';

interface AttemptDetailsProps {
  readonly attempt: MessageAttemptOut;
  /** Open from the start. */
  readonly isChosen: boolean;
}

/** One attempt: its answer at a glance, and all of it when opened. */
export function AttemptDetails({ attempt, isChosen }: AttemptDetailsProps) {
  const { t } = useTranslation();
  const [isOpen, setIsOpen] = useState(isChosen);
  return (
    <details
      className={styles.attempt}
      open={isOpen}
      onToggle={(event) => setIsOpen(event.currentTarget.open)}
    >
      <summary>
        <span className={styles.chevron}>
          <ChevronRightIcon size={14} />
        </span>
        <StatusPill status={attempt.statusText} />
        <span>
          <Answer attempt={attempt} />
        </span>
        {attempt.triggerType === 1 ? <span className={page.aside}>{t('message.byHand')}</span> : null}
        <span className={`${page.aside} ${styles.when}`}>
          <Instant value={attempt.timestamp} />
        </span>
      </summary>
      {isOpen ? <Details attempt={attempt} /> : null}
    </details>
  );
}

function Details({ attempt }: { readonly attempt: MessageAttemptOut }) {
  const { t } = useTranslation();
  const headers = useAttemptHeaders(attempt.msgId, attempt.id, true);
  return (
    <div className={styles.details}>
      <div>
        <h3 className={styles.partTitle}>{t('message.answerBody')}</h3>
        {attempt.response === '' || attempt.response === EXPUNGED ? (
          <p className={page.aside}>
            {attempt.response === '' ? t('message.emptyAnswer') : t('message.answerGone')}
          </p>
        ) : (
          <CodeBlock text={attempt.response} label={t('message.answerBody')} />
        )}
      </div>
      <Loaded query={headers} lines={2}>
        {({ sentHeaders, responseHeaders, sensitive }) => (
          <>
            <div>
              <h3 className={styles.partTitle}>{t('message.answerHeaders')}</h3>
              <AnswerHeaders headers={responseHeaders ?? []} />
            </div>
            <div>
              <h3 className={styles.partTitle}>{t('message.sentHeaders')}</h3>
              <p className={page.mono}>
                <Address url={attempt.url} />
              </p>
              <HeaderTable headers={sentHeaders} sensitive={sensitive} />
            </div>
          </>
        )}
      </Loaded>
    </div>
  );
}

/** Headers may come more than once. */
function AnswerHeaders({ headers }: { readonly headers: readonly (readonly [string, string])[] }) {
  const { t } = useTranslation();
  if (headers.length === 0) return <p className={page.aside}>{t('message.noAnswerHeaders')}</p>;
  return (
    <table className={table.table}>
      <thead>
        <tr>
          <th>{t('headers.name')}</th>
          <th>{t('headers.value')}</th>
        </tr>
      </thead>
      <tbody>
        {headers.map(([name, value], index) => (
          <tr key={`${name} ${index.toString()}`}>
            <td className={page.mono}>{name}</td>
            <td className={page.mono}>{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
