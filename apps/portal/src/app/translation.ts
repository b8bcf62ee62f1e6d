import { createInstance, type i18n } from 'i18next';
import { initReactI18next } from 'react-i18next';
import type en from '../locales/en.json';
import type { Language, Locale } from './locale';

declare module 'i18next' {
  interface CustomTypeOptions {
    /** Makes an unknown key a type error. */
    resources: { translation: typeof en };
  }
}

/** A reader loads the words of one language only. */
const CATALOGUES: Record<Language, () => Promise<{ default: typeof en }>> = {
  en: () => import('../locales/en.json'),
  de: () => import('../locales/de.json'),
  es: () => import('../locales/es.json'),
  fr: () => import('../locales/fr.json'),
  pt: () => import('../locales/pt.json'),
  ja: () => import('../locales/ja.json'),
  zh: () => import('../locales/zh.json'),
};

/** i18next with the words of the locale's language. */
export async function createTranslation({ language }: Locale): Promise<i18n> {
  const { default: translation } = await CATALOGUES[language]();
  const instance = createInstance();
  await instance.use(initReactI18next).init({
    lng: language,
    resources: { [language]: { translation } },
    // React escapes what it draws.
    interpolation: { escapeValue: false },
  });
  return instance;
}
