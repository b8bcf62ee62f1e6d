import { ActionIcon, Button } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import form from '../../components/form.module.css';
import { ChevronRightIcon, SearchIcon } from '../../components/icons';
import { Checkbox, TextInput } from '../../components/inputs';
import { Lines } from '../../components/lines';
import { Loaded } from '../../components/loaded';
import page from '../../components/page.module.css';
import styles from './event-type-picker.module.css';
import { MOST_TYPES, useEventTypes } from './queries';
import { type NamedType, namesIn, search, type TreeNode, toTree } from './tree';

interface PickerProps {
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

/** Which event types an endpoint listens to. None chosen means all. */
export function EventTypePicker({ chosen, onChange }: PickerProps) {
  const { t } = useTranslation();
  const eventTypes = useEventTypes();
  return (
    <fieldset className={form.fieldset}>
      <legend className={form.fieldTitle}>{t('picker.title')}</legend>
      <p className={form.hint}>{t('picker.hint')}</p>
      {eventTypes.data === undefined && eventTypes.error === null ? (
        <div className={`${styles.box} ${styles.waiting}`}>
          <Lines count={4} />
        </div>
      ) : (
        <Loaded query={eventTypes}>
          {(types) => <Tree types={withUnknown(types, chosen)} chosen={chosen} onChange={onChange} />}
        </Loaded>
      )}
    </fieldset>
  );
}

/** Types that the endpoint listens to but that the session does not see, such as archived ones, must not get lost. */
function withUnknown(types: readonly NamedType[], chosen: readonly string[]): readonly NamedType[] {
  const known = new Set(types.map(({ name }) => name));
  return [...types, ...chosen.filter((name) => !known.has(name)).map((name) => ({ name }))];
}

function Tree({ types, chosen, onChange }: PickerProps & { readonly types: readonly NamedType[] }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const isSearching = text.trim() !== '';
  const found = useMemo(() => search(types, text), [types, text]);
  // Groups are closed until they are opened; what a search finds stands open, and is cut instead.
  const nodes = useMemo(() => toTree(isSearching ? found.slice(0, MOST_SHOWN) : found), [found, isSearching]);
  const cut = isSearching ? Math.max(0, found.length - MOST_SHOWN) : 0;
  return (
    <div className={styles.box}>
      <div className={styles.search}>
        <TextInput
          size="xs"
          type="search"
          aria-label={t('picker.search')}
          placeholder={t('picker.search')}
          leftSection={<SearchIcon size={15} />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      </div>
      <div className={styles.list}>
        {nodes.length === 0 ? (
          <p className={page.aside}>{types.length === 0 ? t('picker.empty') : t('picker.noMatch')}</p>
        ) : (
          <>
            <Nodes nodes={nodes} chosen={chosen} onChange={onChange} isSearching={isSearching} />
            <More number={cut} />
            {types.length < MOST_TYPES ? null : (
              <p className={page.aside}>{t('catalog.cut', { number: MOST_TYPES })}</p>
            )}
          </>
        )}
      </div>
      <div className={styles.status} role="status">
        {chosen.length === 0 ? t('picker.all') : t('picker.some', { number: chosen.length })}
        {chosen.length === 0 ? null : (
          <Button variant="subtle" size="compact-xs" onClick={() => onChange([])}>
            {t('picker.clear')}
          </Button>
        )}
      </div>
    </div>
  );
}

/** How many nodes of one list are drawn; with more a search is quicker than reading on. */
const MOST_SHOWN = 100;

function More({ number }: { readonly number: number }) {
  const { t } = useTranslation();
  return number === 0 ? null : <p className={page.aside}>{t('picker.more', { number })}</p>;
}

interface NodesProps extends PickerProps {
  readonly nodes: readonly TreeNode[];
  readonly isSearching: boolean;
  readonly className?: string | undefined;
}

function Nodes({ nodes, className, ...props }: NodesProps) {
  return (
    <>
      <ul className={className}>
        {nodes.slice(0, MOST_SHOWN).map((node) => (
          <Node key={node.key} node={node} {...props} />
        ))}
      </ul>
      <More number={Math.max(0, nodes.length - MOST_SHOWN)} />
    </>
  );
}

interface NodeProps extends PickerProps {
  readonly node: TreeNode;
  readonly isSearching: boolean;
}

function countIn(names: readonly string[], chosen: readonly string[]): number {
  const set = new Set(chosen);
  return names.filter((name) => set.has(name)).length;
}

function Node({ node, chosen, onChange, isSearching }: NodeProps) {
  const { t } = useTranslation();
  const names = useMemo(() => namesIn(node), [node]);
  const picked = useMemo(() => countIn(names, chosen), [names, chosen]);
  const [isToggled, setIsToggled] = useState(picked > 0 && names.length <= MOST_SHOWN);
  const isGroup = node.children.length > 0;
  const isOpen = isGroup && (isToggled || isSearching);
  const toggle = () =>
    onChange(
      picked === names.length
        ? chosen.filter((name) => !names.includes(name))
        : [...new Set([...chosen, ...names])],
    );
  const box = (
    <Checkbox
      size="xs"
      label={isGroup ? t('picker.group', { group: node.label, number: names.length }) : node.label}
      description={isGroup ? undefined : node.type?.description}
      checked={picked === names.length}
      indeterminate={picked > 0 && picked < names.length}
      onChange={toggle}
    />
  );
  if (!isGroup) return <li className={`${styles.node} ${styles.leaf}`}>{box}</li>;
  return (
    <li className={styles.node}>
      <div className={styles.group}>
        <ActionIcon
          variant="subtle"
          size="sm"
          aria-expanded={isOpen}
          aria-label={t('picker.show', { group: node.label })}
          onClick={() => setIsToggled(!isOpen)}
        >
          <span className={styles.turned} data-open={isOpen || undefined}>
            <ChevronRightIcon size={14} />
          </span>
        </ActionIcon>
        {box}
      </div>
      {isOpen ? (
        <Nodes
          className={styles.children}
          nodes={withOwnType(node)}
          chosen={chosen}
          onChange={onChange}
          isSearching={isSearching}
        />
      ) : null}
    </li>
  );
}

/** What stands under a node; a type that has types below it is the first of them. */
const withOwnType = (node: TreeNode): readonly TreeNode[] =>
  node.type === undefined
    ? node.children
    : [{ ...node, key: `${node.key}/`, label: node.type.name, children: [] }, ...node.children];
