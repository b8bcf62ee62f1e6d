import '@mantine/core/styles/baseline.css';
import '@mantine/core/styles/default-css-variables.css';
import '@mantine/core/styles/global.css';
import '@mantine/core/styles/UnstyledButton.css';
import '@mantine/core/styles/Loader.css';
import '@mantine/core/styles/Button.css';
import '@mantine/core/styles/ActionIcon.css';
import '@mantine/core/styles/Skeleton.css';
import './base.css';

import { MantineProvider } from '@mantine/core';
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useMemo,
  useState,
  useSyncExternalStore,
} from 'react';
import { usePortal } from '../portal';
import { createBrand } from './brand';
import { DEFAULT_LOOK, type Look } from './look';
import { parseChoice, resolveScheme, SCHEME_KEY, type Scheme } from './scheme';
import { createPortalTheme, portalVariables } from './theme';

interface SchemeSwitch {
  readonly scheme: Scheme;
  readonly toggle: () => void;
}

const SchemeContext = createContext<SchemeSwitch>({ scheme: 'light', toggle: () => undefined });

interface LookSwitch {
  readonly look: Look;
  /** Tells what the environment wants, when it is known. */
  readonly setLook: (look: Look) => void;
}

const LookContext = createContext<LookSwitch>({ look: DEFAULT_LOOK, setLook: () => undefined });

/** How the environment wants its portal to look. */
export const useLook = (): LookSwitch => useContext(LookContext);

/** The colour scheme in force and the reader's switch for it. */
export const useScheme = (): SchemeSwitch => useContext(SchemeContext);

const deviceIsDark = window.matchMedia('(prefers-color-scheme: dark)');
const subscribeToDevice = (listener: () => void) => {
  deviceIsDark.addEventListener('change', listener);
  return () => deviceIsDark.removeEventListener('change', listener);
};

/** Draws everything within in the brand and colour scheme that the parameters, the reader and the device ask for. */
export function ThemeProvider({ children }: { readonly children: ReactNode }) {
  const { parameters, isFramed, preferences } = usePortal();
  const [chosen, setChosen] = useState(() => parseChoice(preferences.read(SCHEME_KEY)));
  const isDark = useSyncExternalStore(subscribeToDevice, () => deviceIsDark.matches);
  const scheme = resolveScheme({ parameter: parameters.darkMode, chosen, isFramed, deviceIsDark: isDark });

  const toggle = useCallback(() => {
    const other = scheme === 'dark' ? 'light' : 'dark';
    preferences.write(SCHEME_KEY, other);
    setChosen(other);
  }, [scheme, preferences]);

  const [look, setLook] = useState(DEFAULT_LOOK);
  const { theme, variables } = useMemo(() => {
    const palette = look.palettes[scheme];
    const grounds = Object.values(palette.grounds);
    const color = parameters.brand[scheme];
    // What the link says comes first, as a whole: an accent beside another brand would be a colour too many.
    const brand =
      color === undefined
        ? createBrand(scheme, palette.brand, grounds, palette.accent)
        : createBrand(scheme, color, grounds);
    return {
      theme: createPortalTheme(brand, parameters.fontFamily ?? look.fontFamily, look.radius),
      variables: portalVariables(brand, look, palette),
    };
  }, [scheme, parameters, look]);
  const lookValue = useMemo(() => ({ look, setLook }), [look]);
  const schemeSwitch = useMemo(() => ({ scheme, toggle }), [scheme, toggle]);

  return (
    <SchemeContext value={schemeSwitch}>
      <MantineProvider theme={theme} cssVariablesResolver={variables} forceColorScheme={scheme}>
        <LookContext value={lookValue}>{children}</LookContext>
      </MantineProvider>
    </SchemeContext>
  );
}
