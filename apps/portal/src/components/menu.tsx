/** Mantine's menu with its styles. How it behaves is said in the theme. */
import '@mantine/core/styles/Popover.css';
import '@mantine/core/styles/Menu.css';

export { Menu } from '@mantine/core';
