/** The styles of Mantine's fields, loaded with the pages that have some. */
import '@mantine/core/styles/Input.css';
import '@mantine/core/styles/InlineInput.css';
import '@mantine/core/styles/Checkbox.css';

export { Checkbox, NativeSelect, Textarea, TextInput } from '@mantine/core';
