import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
} from '@tanstack/react-router';
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

const homeRoute = createRoute({
  getParentRoute: () => applicationRoute,
  path: '/',
  component: lazyRouteComponent(() => import('../routes/home'), 'HomePage'),
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
function Failed() {
  return (
    <Shell>
      <ProblemScreen retry={() => window.location.reload()} />
    </Shell>
  );
}

/** The addresses of the portal. Each page is a script of its own. */
export const router = createRouter({
  routeTree: rootRoute.addChildren([startRoute, loginRoute, applicationRoute.addChildren([homeRoute])]),
  defaultPendingComponent: Pending,
  defaultPendingMs: 0,
  defaultPendingMinMs: 0,
  defaultErrorComponent: Failed,
  scrollRestoration: false,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
