import { Button } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Card } from '../components/card';
import { CodeBlock } from '../components/code-block';
import form from '../components/form.module.css';
import { Textarea } from '../components/inputs';
import { Note } from '../components/note';
import page from '../components/page.module.css';
import { PageHead } from '../components/page-head';
import { Segments } from '../components/segments';
import { type ChosenSecret, SecretField } from '../features/verify/secret-field';
import { SNIPPET_NAMES, SNIPPETS, type SnippetName } from '../features/verify/snippets';
import { type Verdict, verifyDelivery } from '../features/verify/verify';

const MONO = {
  input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: '0.8125rem' },
};
const HEADERS_EXAMPLE = 'svix-id: msg_…\nsvix-timestamp: 1764000000\nsvix-signature: v1,…';

/** Checks a delivery in the browser, and shows how receivers check theirs. */
export function VerifyPage() {
  const { t } = useTranslation();
  return (
    <>
      <PageHead title={t('verify.title')} lead={t('verify.lead')} />
      <div className={`${page.stack} ${page.below}`}>
        <Card title={t('verify.check')}>
          <VerifyForm />
        </Card>
        <Snippets />
      </div>
    </>
  );
}

function VerifyForm() {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<ChosenSecret>({ secret: '', source: undefined });
  const [headers, setHeaders] = useState('');
  const [body, setBody] = useState('');
  const [verdict, setVerdict] = useState<Verdict>();
  const isComplete = chosen.secret.trim() !== '' && headers.trim() !== '' && body !== '';

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setVerdict(await verifyDelivery(chosen.secret, headers, body));
  };
  const change = (set: () => void) => {
    set();
    setVerdict(undefined);
  };
  return (
    <form className={form.form} onSubmit={(event) => void submit(event)}>
      <p className={page.aside}>{t('verify.private')}</p>
      <SecretField {...chosen} onChange={(next) => change(() => setChosen(next))} />
      <Textarea
        label={t('verify.headers')}
        description={t('verify.headersHint')}
        placeholder={HEADERS_EXAMPLE}
        rows={4}
        spellCheck={false}
        styles={MONO}
        value={headers}
        onChange={(event) => change(() => setHeaders(event.currentTarget.value))}
      />
      <Textarea
        label={t('verify.body')}
        description={t('verify.bodyHint')}
        rows={6}
        spellCheck={false}
        styles={MONO}
        value={body}
        onChange={(event) => change(() => setBody(event.currentTarget.value))}
      />
      {verdict === undefined ? null : <VerdictNote verdict={verdict} />}
      <div className={form.foot}>
        <Button type="submit" disabled={!isComplete}>
          {t('verify.check')}
        </Button>
      </div>
    </form>
  );
}

function VerdictNote({ verdict }: { readonly verdict: Verdict }) {
  const { t } = useTranslation();
  if (verdict.kind === 'genuine') {
    return (
      <Note tone="success" isAnswer title={t('verdict.genuine')}>
        {t('verdict.genuineText')}
      </Note>
    );
  }
  const signature = 'signature' in verdict ? verdict.signature : undefined;
  return (
    <Note tone={signature === true ? 'warning' : 'danger'} isAnswer title={t(`verdict.${verdict.kind}`)}>
      <p>{t(`verdictText.${verdict.kind}`)}</p>
      {signature === undefined ? null : (
        <p>{signature ? t('verify.signatureRight') : t('verify.signatureWrong')}</p>
      )}
    </Note>
  );
}

function Snippets() {
  const { t } = useTranslation();
  const [name, setName] = useState<SnippetName>('JavaScript');
  return (
    <Card
      title={t('verify.snippets')}
      aside={
        <Segments
          label={t('verify.language')}
          value={name}
          options={SNIPPET_NAMES.map((value) => ({
            value,
            label: value === 'Node' ? t('verify.noLibrary') : value,
          }))}
          onChange={setName}
        />
      }
    >
      <p className={`${page.aside} ${page.gap}`}>{t('verify.snippetsText')}</p>
      <CodeBlock key={name} text={SNIPPETS[name]} label={t('verify.snippets')} />
    </Card>
  );
}
