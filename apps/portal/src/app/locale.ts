/** Languages that the portal speaks; the first is the one for everybody else. */
export const LANGUAGES = ['en', 'de', 'es', 'fr', 'pt', 'ja', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

/** `language` names our words, `tag` writes dates and numbers: `de` and `de-AT`. */
export interface Locale {
  readonly language: Language;
  readonly tag: string;
}

/**
 * The first wish that we can meet.
 *
 * @param wished the link's `locale`, which comes first
 * @param device what the browser says, in order
 */
export function chooseLocale(wished: string | undefined, device: readonly string[]): Locale {
  for (const tag of wished === undefined ? device : [wished, ...device]) {
    const language = LANGUAGES.find((one) => one === tag.toLowerCase().split('-', 1)[0]);
    if (language !== undefined) return { language, tag };
  }
  return { language: LANGUAGES[0], tag: LANGUAGES[0] };
}
