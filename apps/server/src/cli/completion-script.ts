import type { Command, Option } from 'commander';

/** A word that may stand at a place of the line, and what it means. */
interface Word {
  readonly text: string;
  readonly meaning: string;
}

/** A place of the line: the commands that led to it, and what may follow. */
interface Place {
  /** Such as `api-key create`; empty at the start. */
  readonly path: string;
  readonly words: readonly Word[];
  /** What may follow an option that takes one of a few values. */
  readonly values: readonly { readonly option: string; readonly words: readonly Word[] }[];
  /** Options whose value may be anything: files are offered where it is one, and otherwise nothing. */
  readonly free: readonly { readonly option: string; readonly file: boolean }[];
}

/** Whether an option takes a file, by the name of its value: `--payload <file>`. */
const takesFile = (option: Option): boolean => /[<[](file|directory)[>\]]/.test(option.flags);

const flagsOf = (option: Option): string[] =>
  [option.short, option.long].filter((flag): flag is string => flag !== undefined && flag !== null);

function placesOf(command: Command, path: readonly string[] = []): Place[] {
  const help = command.createHelp();
  const subcommands = help.visibleCommands(command);
  const options = help.visibleOptions(command);
  const taking = options.filter((option) => option.required || option.optional);
  const place: Place = {
    path: path.join(' '),
    words: [
      ...subcommands.map((one) => ({ text: one.name(), meaning: one.summary() || one.description() })),
      ...command.registeredArguments.flatMap(({ argChoices = [] }) =>
        argChoices.map((text) => ({ text, meaning: '' })),
      ),
      ...options.flatMap((option) =>
        option.long ? [{ text: option.long, meaning: option.description }] : [],
      ),
    ],
    values: taking.flatMap((option) => {
      const words = (option.argChoices ?? []).map((text) => ({ text, meaning: '' }));
      return words.length === 0 ? [] : flagsOf(option).map((flag) => ({ option: flag, words }));
    }),
    free: taking
      .filter((option) => !option.argChoices)
      .flatMap((option) => flagsOf(option).map((flag) => ({ option: flag, file: takesFile(option) }))),
  };
  return [
    place,
    ...subcommands
      .filter((one) => one.name() !== 'help')
      .flatMap((one) => placesOf(one, [...path, one.name()])),
  ];
}

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
const texts = (words: readonly Word[]): string => words.map(({ text }) => text).join(' ');

/** The lines of a `case` that walk from a place to the one below it; the same in bash and zsh. */
const walk = (places: readonly Place[]): string =>
  places
    .filter(({ path }) => path !== '')
    .map(({ path }) => {
      const above = path.split(' ').slice(0, -1).join(' ');
      return `      ${quote(`${above}/${path.split(' ').at(-1)}`)}) place=${quote(path)} ;;`;
    })
    .join('\n');

function bash(places: readonly Place[]): string {
  const values = places.flatMap((place) => [
    ...place.values.map(
      ({ option, words }) =>
        `    ${quote(`${place.path}/${option}`)}) COMPREPLY=($(compgen -W ${quote(texts(words))} -- "$current")); return ;;`,
    ),
    ...place.free.map(
      ({ option, file }) =>
        `    ${quote(`${place.path}/${option}`)}) ${file ? 'COMPREPLY=($(compgen -f -- "$current")); ' : ''}return ;;`,
    ),
  ]);
  return `# Completes postrider in bash: source <(postrider completion bash)
_postrider() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" place='' words='' word
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$place/$word" in
${walk(places)}
    esac
  done
  case "$place/$before" in
${values.join('\n')}
    *) ;;
  esac
  case "$place" in
${places.map(({ path, words }) => `    ${quote(path)}) words=${quote(texts(words))} ;;`).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _postrider postrider`;
}

/** A word as zsh's `_describe` takes it. */
const described = ({ text, meaning }: Word): string =>
  quote(`${text.replaceAll(':', '\\:')}${meaning ? `:${meaning}` : ''}`);

function zsh(places: readonly Place[]): string {
  const values = places.flatMap((place) => [
    ...place.values.map(
      ({ option, words }) =>
        `    ${quote(`${place.path}/${option}`)}) choices=(${words.map(described).join(' ')}); _describe value choices; return ;;`,
    ),
    ...place.free.map(
      ({ option, file }) => `    ${quote(`${place.path}/${option}`)}) ${file ? '_files; ' : ''}return ;;`,
    ),
  ]);
  return `#compdef postrider
# Completes postrider in zsh: source <(postrider completion zsh)
_postrider() {
  local current="\${words[CURRENT]}" before="\${words[CURRENT-1]}" place='' word
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$place/$word" in
${walk(places)}
    esac
  done
  local -a choices
  case "$place/$before" in
${values.join('\n')}
    *) ;;
  esac
  case "$place" in
${places.map(({ path, words }) => `    ${quote(path)}) choices=(${words.map(described).join(' ')}) ;;`).join('\n')}
  esac
  _describe command choices
}
compdef _postrider postrider`;
}

function fish(places: readonly Place[]): string {
  // The condition: all commands of the path were given, and none of those that go on from it.
  const condition = ({ path }: Place): string => {
    const given = path === '' ? [] : path.split(' ');
    const further = places
      .map((place) => place.path)
      .filter((other) => other !== path && (path === '' || other.startsWith(`${path} `)))
      .map((other) => other.split(' ')[given.length] ?? '');
    return [
      ...given.map((word) => `__fish_seen_subcommand_from ${word}`),
      ...(further.length > 0 ? [`not __fish_seen_subcommand_from ${[...new Set(further)].join(' ')}`] : []),
    ].join('; and ');
  };
  const lines = places.flatMap((place) => {
    const when = condition(place);
    const base = `complete -c postrider${when === '' ? '' : ` -n ${quote(when)}`}`;
    return place.words.map(({ text, meaning }) => {
      const about = meaning ? ` -d ${quote(meaning)}` : '';
      if (!text.startsWith('--')) return `${base} -f -a ${quote(text)}${about}`;
      const free = place.free.find(({ option }) => option === text);
      const freely = free ? (free.file ? ' -r -F' : ' -x') : '';
      const values = place.values.find(({ option }) => option === text);
      const takes = values ? ` -x -a ${quote(texts(values.words))}` : freely;
      return `${base} -l ${text.slice(2)}${takes}${about}`;
    });
  });
  return [
    '# Completes postrider in fish: postrider completion fish | source',
    'complete -c postrider -f',
    ...lines,
  ].join('\n');
}

const SCRIPTS = { bash, zsh, fish };

/** The script that completes a command line in a shell: the commands' names, their options, and fixed values. */
export const completionScript = (shell: keyof typeof SCRIPTS, program: Command): string =>
  SCRIPTS[shell](placesOf(program));
