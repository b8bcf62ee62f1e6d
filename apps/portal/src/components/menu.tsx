/** Mantine's menu with its styles; drawn where it stands, so that it is within the page's own order of focus. */
import '@mantine/core/styles/Popover.css';
import '@mantine/core/styles/Menu.css';

export { Menu } from '@mantine/core';
