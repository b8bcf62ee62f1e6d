import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { parseActivity } from '../features/activity/periods';
import { parseFilters } from '../features/filters/filters';
import { OpeningScreen } from './opening-screen';
import { ProblemScreen } from './problem-screen';
import { Shell } from './shell/shell';

const rootRoute = createRootRoute({ component: Outlet });

const startRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  component: lazyRouteComponent(() => import('../routes/start'), 'StartPage'),
});

const loginRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/login',
  component: lazyRouteComponent(() => import('../routes/login'), 'LoginPage'),
});

const applicationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/$appId',
  component: lazyRouteComponent(() => import('../routes/application'), 'ApplicationLayout'),
  notFoundComponent: lazyRouteComponent(() => import('../routes/not-found'), 'NotFoundPage'),
});

/** Within an application the shell stands already. */
const inShell = { pendingComponent: OpeningScreen, errorComponent: FailedPage };
const parseIterator = (search: Record<string, unknown>): { iterator?: string | undefined } =>
  typeof search.iterator === 'string' ? { iterator: search.iterator } : {};
const parseAttempt = (search: Record<string, unknown>): { attempt?: string | undefined } =>
  typeof search.attempt === 'string' ? { attempt: search.attempt } : {};

const homeRoute = createRoute({
  getParentRoute: () => applicationRoute,
  path: '/',
  beforeLoad: ({ params }) => {
    // The router takes a thrown redirect for what it is.
    // oxlint-disable-next-line typescript/only-throw-error
    throw redirect({ to: '/$appId/endpoints', params, replace: true });
  },
});

const accessRoute = createRoute({
  ...inShell,
  getParentRoute: () => applicationRoute,
  path: '/access',
  component: lazyRouteComponent(() => import('../routes/access'), 'AccessPage'),
});

const endpointsRoute = createRoute({
  ...inShell,
  getParentRoute: () => applicationRoute,
  path: '/endpoints',
  validateSearch: parseIterator,
  component: lazyRouteComponent(() => import('../routes/endpoints'), 'EndpointsPage'),
});

const newEndpointRoute = createRoute({
  ...inShell,
  getParentRoute: () => applicationRoute,
  path: '/endpoints/new',
  component: lazyRouteComponent(() => import('../routes/endpoint-new'), 'NewEndpointPage'),
});

const editEndpointRoute = createRoute({
  ...inShell,
  getParentRoute: () => applicationRoute,
  path: '/endpoints/$endpointId/edit',
  component: lazyRouteComponent(() => import('../routes/endpoint-edit'), 'EditEndpointPage'),
});

const endpointRoute = createRoute({
  ...inShell,
  getParentRoute: () => applicationRoute,
  path: '/endpoints/$endpointId',
  component: lazyRouteComponent(() => import('../routes/endpoint'), 'EndpointPage'),
});

const endpointOverviewRoute = createRoute({
  ...inShell,
  getParentRoute: () => endpointRoute,
  path: '/',
  validateSearch: parseFilters,
  component: lazyRouteComponent(() => import('../routes/endpoint-overview'), 'EndpointOverview'),
});

const endpointTestingRoute = createRoute({
  ...inShell,
  getParentRoute: () => endpointRoute,
  path: '/testing',
  component: lazyRouteComponent(() => import('../routes/endpoint-testing'), 'EndpointTesting'),
});

const endpointAdvancedRoute = createRoute({
  ...inShell,
  getParentRoute: () => endpointRoute,
  path: '/advanced',
  component: lazyRouteComponent(() => import('../routes/endpoint-advanced'), 'EndpointAdvanced'),
});

const messagesRoute = createRoute({
  ...inShell,
  getParentRoute: () => applicationRoute,
  path: '/messages',
  validateSearch: parseFilters,
  component: lazyRouteComponent(() => import('../routes/messages'), 'MessagesPage'),
});

const activityRoute = createRoute({
  ...inShell,
  getParentRoute: () => applicationRoute,
  path: '/activity',
  validateSearch: parseActivity,
  component: lazyRouteComponent(() => import('../routes/activity'), 'ActivityPage'),
});

const messageRoute = createRoute({
  ...inShell,
  getParentRoute: () => applicationRoute,
  path: '/messages/$messageId',
  validateSearch: parseAttempt,
  component: lazyRouteComponent(() => import('../routes/message'), 'MessagePage'),
});

const eventTypesRoute = createRoute({
  ...inShell,
  getParentRoute: () => applicationRoute,
  path: '/event-types',
  component: lazyRouteComponent(() => import('../routes/event-types'), 'EventTypesPage'),
});

const eventTypeRoute = createRoute({
  ...inShell,
  getParentRoute: () => applicationRoute,
  path: '/event-types/$eventType',
  component: lazyRouteComponent(() => import('../routes/event-type'), 'EventTypePage'),
});

const verifyRoute = createRoute({
  ...inShell,
  getParentRoute: () => applicationRoute,
  path: '/verify',
  component: lazyRouteComponent(() => import('../routes/verify'), 'VerifyPage'),
});

/** Stands for a page whose script is still on its way. */
function Pending() {
  return (
    <Shell>
      <OpeningScreen />
    </Shell>
  );
}

/** A page that failed, or whose script could not be loaded: only a fresh start helps. */
function FailedPage() {
  return <ProblemScreen retry={() => window.location.reload()} />;
}

function Failed() {
  return (
    <Shell>
      <FailedPage />
    </Shell>
  );
}

const routeTree = rootRoute.addChildren([
  startRoute,
  loginRoute,
  applicationRoute.addChildren([
    homeRoute,
    accessRoute,
    endpointsRoute,
    newEndpointRoute,
    editEndpointRoute,
    endpointRoute.addChildren([endpointOverviewRoute, endpointTestingRoute, endpointAdvancedRoute]),
    messagesRoute,
    messageRoute,
    activityRoute,
    eventTypesRoute,
    eventTypeRoute,
    verifyRoute,
  ]),
]);

/** The addresses of the portal. Each page is a script of its own. */
export const router = createRouter({
  routeTree,
  defaultPendingComponent: Pending,
  defaultPendingMs: 0,
  defaultPendingMinMs: 0,
  defaultErrorComponent: Failed,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
