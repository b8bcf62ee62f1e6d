import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './code-block.module.css';
import { CopyButton } from './copy-button';
import { ScrollRegion } from './scroll-region';

interface CodeBlockProps {
  readonly text: string;
  /** What it is, for those who do not see it and for the copy button. */
  readonly label: string;
  /** Colours JSON. */
  readonly isJson?: boolean;
}

/** Coloured text longer than this makes browsers slow. */
const MAX_COLOURED = 50_000;
const TOKENS = /("(?:\\.|[^"\\])*")(\s*:)?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\b(?:true|false|null)\b/g;

/** JSON text with its names, strings and other values in colours of their own. */
function colour(text: string): ReactNode[] {
  const parts: ReactNode[] = [];
  let end = 0;
  for (const match of text.matchAll(TOKENS)) {
    const [whole, quoted, colon] = match;
    const token = quoted ?? whole;
    if (match.index > end) parts.push(text.slice(end, match.index));
    const kind = quoted === undefined ? styles.number : colon === undefined ? styles.text : styles.key;
    parts.push(
      <span key={match.index} className={kind}>
        {token}
      </span>,
    );
    if (colon !== undefined) parts.push(colon);
    end = match.index + whole.length;
  }
  parts.push(text.slice(end));
  return parts;
}

/** Text to the letter, to be read and copied. */
export function CodeBlock({ text, label, isJson = false }: CodeBlockProps) {
  const { t } = useTranslation();
  const content = useMemo(
    () => (isJson && text.length <= MAX_COLOURED ? colour(text) : text),
    [text, isJson],
  );
  return (
    <div className={styles.box}>
      <ScrollRegion className={styles.code} label={label}>
        <pre>{content}</pre>
      </ScrollRegion>
      <div className={styles.copy}>
        <CopyButton
          text={text}
          label={t('action.copyThis', { what: label })}
          doneLabel={t('portal.copied')}
        />
      </div>
    </div>
  );
}
