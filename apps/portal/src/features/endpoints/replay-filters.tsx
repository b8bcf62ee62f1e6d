import { useTranslation } from 'react-i18next';
import form from '../../components/form.module.css';
import { NativeSelect, TextInput } from '../../components/inputs';
import { useEventTypes } from '../event-types/queries';
import {
  ANSWER_CLASSES,
  type AnswerClass,
  REPLAY_STATES,
  type ReplayRequest,
  type ReplayState,
} from './replay';

const STATES = Object.keys(REPLAY_STATES) as ReplayState[];
const ANSWERS = Object.keys(ANSWER_CLASSES) as AnswerClass[];

/** What a replay can be limited to. The fields are read by `readReplayFilters`. */
export function ReplayFilters() {
  const { t } = useTranslation();
  const { data: eventTypes = [] } = useEventTypes();
  return (
    <div className={form.pair}>
      <NativeSelect
        name="eventType"
        label={t('filter.eventType')}
        data={[{ value: '', label: t('filter.anyEventType') }, ...eventTypes.map(({ name }) => name)]}
      />
      <NativeSelect
        name="state"
        label={t('replay.state')}
        data={[
          { value: '', label: t('replay.any') },
          ...STATES.map((value) => ({ value, label: t(`status.${value}`) })),
        ]}
      />
      <NativeSelect
        name="answer"
        label={t('replay.answer')}
        data={[
          { value: '', label: t('replay.any') },
          ...ANSWERS,
          { value: 'none', label: t('attempts.noAnswer') },
        ]}
      />
      <TextInput name="channel" label={t('filter.channel')} />
      <TextInput name="tag" label={t('filter.tag')} />
    </div>
  );
}

/** The filters of a filled form; what is empty filters nothing. */
export function readReplayFilters(fields: FormData): Omit<ReplayRequest, 'kind' | 'since'> {
  const text = (name: string): string | undefined => {
    const value = fields.get(name);
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
  };
  const answer = text('answer');
  return {
    eventType: text('eventType'),
    channel: text('channel'),
    tag: text('tag'),
    state: STATES.find((one) => one === text('state')),
    answer: answer === 'none' ? 'none' : ANSWERS.find((one) => one === answer),
  };
}
