/** Mantine's combobox with its styles. How it behaves is said where it is used. */
import '@mantine/core/styles/Popover.css';
import '@mantine/core/styles/Combobox.css';

export { Combobox, useCombobox } from '@mantine/core';
