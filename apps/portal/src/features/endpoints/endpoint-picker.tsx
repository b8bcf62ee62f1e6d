import type { EndpointOut } from '@postrider/contract';
import { type KeyboardEvent, type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePortal } from '../../app/portal';
import { Address } from '../../components/address';
import { Combobox, useCombobox } from '../../components/combobox';
import { TextInput } from '../../components/inputs';
import { Pill } from '../../components/pill';
import { formatNumber } from '../../lib/format';
import { MOST_LOOKED_AT } from './choice';
import styles from './endpoint-picker.module.css';
import { type EndpointChoice, useEndpointChoice } from './use-choice';

interface EndpointPickerProps {
  readonly label: string;
  /** The label is said but not shown; the field shows it as long as nothing is chosen. */
  readonly isLabelHidden?: boolean;
  readonly icon?: ReactNode;
  readonly value: EndpointOut | undefined;
  /** What the choice of no endpoint is called; without it there is none. */
  readonly none?: string;
  readonly onChange: (endpoint: EndpointOut | undefined) => void;
}

const nameOf = ({ url, description }: EndpointOut) => (description === '' ? url : `${url} (${description})`);
/** The next page is loaded when so much is left to scroll, in pixels. */
const AHEAD = 240;

/** A field to choose one endpoint of however many there are, by scrolling, by words, or by its id or uid. */
export function EndpointPicker({ label, isLabelHidden, icon, value, none, onChange }: EndpointPickerProps) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const combobox = useCombobox({
    loop: false,
    onDropdownClose: () => {
      setText('');
      combobox.resetSelectedOption();
    },
  });
  const isOpen = combobox.dropdownOpened;
  const { targetRef } = combobox;
  useEffect(() => {
    // What is typed next takes the place of the name that stands there again.
    const field = targetRef.current;
    if (!isOpen && field instanceof HTMLInputElement && document.activeElement === field) field.select();
  }, [isOpen, targetRef]);
  const choice = useEndpointChoice(text, isOpen);
  const closed = value === undefined ? (none ?? '') : nameOf(value);

  const pick = (endpoint: EndpointOut | undefined) => {
    onChange(endpoint);
    combobox.closeDropdown();
  };
  const search = (wish: string) => {
    combobox.openDropdown();
    combobox.resetSelectedOption();
    setText(wish);
  };
  /** Enter takes the only one that there is; without one it must not send the form around the field. */
  const onKeyDown = (event: KeyboardEvent) => {
    const isMeant = event.key === 'Enter' && !event.nativeEvent.isComposing;
    if (!isMeant || !isOpen || combobox.getSelectedOptionIndex() !== -1) return;
    event.preventDefault();
    const [only, other] = choice.endpoints;
    if (text !== '' && only !== undefined && other === undefined) pick(only);
  };
  return (
    <Combobox
      store={combobox}
      withinPortal={false}
      position="bottom-start"
      shadow="md"
      onOptionSubmit={(id) => pick(choice.endpoints.find((endpoint) => endpoint.id === id))}
    >
      <Combobox.Target withExpandedAttribute>
        <TextInput
          {...(isLabelHidden ? { 'aria-label': label } : { label })}
          placeholder={isOpen || !isLabelHidden ? t('choice.hint') : label}
          leftSection={icon}
          rightSection={<Combobox.Chevron />}
          rightSectionPointerEvents="none"
          spellCheck={false}
          value={isOpen ? text : closed}
          onChange={(event) => search(event.currentTarget.value)}
          onFocus={(event) => event.currentTarget.select()}
          onClick={() => combobox.openDropdown()}
          onBlur={() => combobox.closeDropdown()}
          onKeyDown={onKeyDown}
        />
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Options
          className={styles.options}
          aria-label={t('endpoints.title')}
          onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
            if (scrollHeight - scrollTop - clientHeight < AHEAD) choice.loadMore();
          }}
        >
          {isOpen && none !== undefined && text === '' ? (
            <Combobox.Option
              value=""
              className={styles.option}
              active={value === undefined}
              aria-selected={value === undefined}
            >
              {none}
            </Combobox.Option>
          ) : null}
          {isOpen
            ? choice.endpoints.map((endpoint) => (
                <Option key={endpoint.id} endpoint={endpoint} isChosen={endpoint.id === value?.id} />
              ))
            : null}
        </Combobox.Options>
        <Status choice={choice} isOpen={isOpen} />
      </Combobox.Dropdown>
    </Combobox>
  );
}

function Option({ endpoint, isChosen }: { readonly endpoint: EndpointOut; readonly isChosen: boolean }) {
  const { t } = useTranslation();
  const { id, uid, url, description, disabled } = endpoint;
  const sub = [description, uid ?? ''].filter((part) => part !== '').join(' · ');
  return (
    <Combobox.Option value={id} className={styles.option} active={isChosen} aria-selected={isChosen}>
      <span className={styles.name}>
        <span>
          <Address url={url} />
        </span>
        {disabled ? <Pill>{t('endpoints.disabled')}</Pill> : null}
      </span>
      {sub === '' ? null : <span className={styles.sub}>{sub}</span>}
    </Combobox.Option>
  );
}

interface StatusProps {
  readonly choice: EndpointChoice;
  readonly isOpen: boolean;
}

/** Says how far the search is, also to those who do not see the list. */
function Status({ choice: { saying, endpoints, lookedAt }, isOpen }: StatusProps) {
  const { t } = useTranslation();
  const { locale } = usePortal();
  const counts = { looking: lookedAt, cut: MOST_LOOKED_AT };
  const count = saying === 'looking' || saying === 'cut' ? counts[saying] : endpoints.length;
  return (
    <div className={styles.status} role="status">
      {isOpen ? t(`choice.${saying}`, { number: formatNumber(count, locale.tag) }) : null}
    </div>
  );
}
