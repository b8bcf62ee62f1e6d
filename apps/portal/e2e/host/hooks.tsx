import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import * as svixReact from 'svix-react';

/** What the page is of; in the fragment, as it holds a token. */
interface Given {
  readonly serverUrl: string;
  readonly token: string;
  readonly appId: string;
  readonly endpointId: string;
  readonly doomedId: string;
  readonly messageId: string;
  readonly newUrl: string;
}

const given = JSON.parse(decodeURIComponent(window.location.hash.slice(1))) as Given;
// Outside of the components, as docs/embedding.md says.
const options = { serverUrl: given.serverUrl };

type HookName = Extract<keyof typeof svixReact, `use${string}`>;

interface Loadable {
  readonly data: unknown;
  readonly error: Error | undefined;
  readonly loading: boolean;
  readonly reload: () => void;
}

/** What is known, for the walk to read; a button for whatever can be done. */
function Shown(props: {
  readonly name: string;
  readonly value?: Loadable;
  readonly actions?: Readonly<Record<string, () => unknown>>;
}) {
  const [done, setDone] = useState<Readonly<Record<string, unknown>>>({});
  const { value } = props;
  const error = value?.error as { code?: unknown; message?: unknown } | undefined;
  const known = {
    data: value?.data,
    loading: value?.loading,
    error: error === undefined ? undefined : (error.code ?? error.message),
    done,
  };
  const act = async (action: string, run: () => unknown) => {
    const outcome = await Promise.resolve(run()).then(
      (result) => result ?? 'done',
      (reason: { code?: unknown; message?: unknown }) => ({ failed: reason.code ?? reason.message }),
    );
    setDone((before) => ({ ...before, [action]: outcome }));
  };
  return (
    <section aria-label={props.name}>
      <h2>{props.name}</h2>
      {value === undefined ? null : (
        <button type="button" onClick={() => value.reload()}>
          reload
        </button>
      )}
      {Object.entries(props.actions ?? {}).map(([action, run]) => (
        <button key={action} type="button" onClick={() => void act(action, run)}>
          {action}
        </button>
      ))}
      <output>{JSON.stringify(known)}</output>
    </section>
  );
}

/** The ways through a list. */
const pages = ({ nextPage, prevPage }: { nextPage: () => void; prevPage: () => void }) => ({
  nextPage,
  prevPage,
});

/** A component for each hook that the package has; of one without, TypeScript complains here. */
const USES: Record<HookName, () => React.JSX.Element> = {
  useSvix: () => {
    const { svix, appId } = svixReact.useSvix();
    return <Shown name="useSvix" actions={{ get: () => svix.application.get(appId) }} />;
  },
  useEndpoints: () => {
    const list = svixReact.useEndpoints({ limit: 2 });
    return <Shown name="useEndpoints" value={list} actions={pages(list)} />;
  },
  useEndpoint: () => <Shown name="useEndpoint" value={svixReact.useEndpoint(given.endpointId)} />,
  useEndpointSecret: () => {
    const secret = svixReact.useEndpointSecret(given.endpointId);
    return (
      <Shown name="useEndpointSecret" value={secret} actions={{ rotate: () => secret.rotateSecret({}) }} />
    );
  },
  useEndpointHeaders: () => {
    const headers = svixReact.useEndpointHeaders(given.endpointId);
    const actions = {
      update: () => headers.updateEndpointHeaders({ headers: { 'x-a': '1', 'x-b': '2' } }),
      patch: () => headers.patchEndpointHeaders({ headers: { 'x-b': 'two' }, deleteHeaders: ['x-a'] }),
    };
    return <Shown name="useEndpointHeaders" value={headers} actions={actions} />;
  },
  useEndpointFunctions: () => {
    const { recoverEndpointMessages, updateEndpoint } = svixReact.useEndpointFunctions(given.endpointId);
    const { deleteEndpoint } = svixReact.useEndpointFunctions(given.doomedId);
    const { data } = svixReact.useEndpoint(given.endpointId);
    const actions = {
      recover: () => recoverEndpointMessages({ since: new Date(Date.now() - 3_600_000) }),
      update: () => data && updateEndpoint({ ...data, description: 'Changed by a hook' }),
      delete: deleteEndpoint,
    };
    return <Shown name="useEndpointFunctions" actions={actions} />;
  },
  useEndpointStats: () => (
    <Shown name="useEndpointStats" value={svixReact.useEndpointStats(given.endpointId)} />
  ),
  useEndpointMessageAttempts: () => {
    const list = svixReact.useEndpointMessageAttempts(given.endpointId, { limit: 2, withMsg: true });
    return <Shown name="useEndpointMessageAttempts" value={list} actions={pages(list)} />;
  },
  useAttemptedMessages: () => {
    const list = svixReact.useAttemptedMessages(given.endpointId, { limit: 2 });
    return <Shown name="useAttemptedMessages" value={list} actions={pages(list)} />;
  },
  useEventTypes: () => {
    const list = svixReact.useEventTypes({ limit: 4 });
    return <Shown name="useEventTypes" value={list} actions={pages(list)} />;
  },
  useMessages: () => {
    const [tag, setTag] = useState<string>();
    const list = svixReact.useMessages({ limit: 2, ...(tag === undefined ? {} : { tag }) });
    const actions = { ...pages(list), november: () => setTag('november') };
    return <Shown name="useMessages" value={list} actions={actions} />;
  },
  useMessage: () => <Shown name="useMessage" value={svixReact.useMessage(given.messageId)} />,
  useMessageEndpoints: () => (
    <Shown name="useMessageEndpoints" value={svixReact.useMessageEndpoints(given.messageId)} />
  ),
  useMessageAttempts: () => (
    <Shown
      name="useMessageAttempts"
      value={svixReact.useMessageAttempts(given.messageId, { statusCodeClass: 200, withContent: true })}
    />
  ),
  useAttemptFunctions: () => {
    const { data } = svixReact.useMessageAttempts(given.messageId, { limit: 1, statusCodeClass: 200 });
    const [attempt] = data ?? [];
    return attempt === undefined ? <Shown name="useAttemptFunctions" /> : <Resend attempt={attempt} />;
  },
  useNewEndpoint: () => {
    const { url, createEndpoint } = svixReact.useNewEndpoint();
    const create = async () => {
      const { endpoint, error } = await createEndpoint();
      if (error !== undefined) throw error;
      return endpoint;
    };
    const actions = { fill: () => url.setValue(given.newUrl), create };
    return <Shown name="useNewEndpoint" actions={actions} />;
  },
};

function Resend({ attempt }: { readonly attempt: Parameters<typeof svixReact.useAttemptFunctions>[0] }) {
  const { resendAttempt } = svixReact.useAttemptFunctions(attempt);
  return <Shown name="useAttemptFunctions" actions={{ resend: resendAttempt }} />;
}

const host = document.getElementById('host');
if (host === null) throw new Error('hooks.html has no #host');
createRoot(host).render(
  <StrictMode>
    <svixReact.SvixProvider token={given.token} appId={given.appId} options={options}>
      {Object.entries(USES).map(([name, Use]) => (
        <Use key={name} />
      ))}
    </svixReact.SvixProvider>
  </StrictMode>,
);
