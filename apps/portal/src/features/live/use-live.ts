import { createLive, type Live, type LiveUpdate } from '@postrider/client';
import { useEffect, useEffectEvent, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePortal } from '../../app/portal';
import { useAnnounce } from '../../components/announcer';
import { isUnauthorized } from '../../lib/api';
import { formatNumber } from '../../lib/format';
import { useMay } from '../session/queries';
import { useOpenSession } from '../session/session-scope';
import { addRows, dropRows, type LiveRows, MOST_SHOWN, NO_ROWS, showWaiting } from './list';

/** How a list is followed: `off` where it cannot be, or is not. */
export type LiveState = 'off' | 'connecting' | 'live' | 'paused' | 'broken';

/** Rows are drawn together: more often than this nobody can read, in milliseconds. */
const DRAW_EVERY = 250;
/** Screen readers are told of new rows no more often than this, in milliseconds. */
const ANNOUNCE_EVERY = 10_000;
const GATHER = 1_000;

interface Place {
  readonly lastEventId: string | undefined;
  readonly onPlace: (id: string) => void;
  readonly signal: AbortSignal;
}

interface LiveOptions<T> {
  /** What is followed; another key begins anew. */
  readonly key: string;
  /** False where the page is not the newest one, or cannot grow. */
  readonly isEnabled: boolean;
  readonly follow: (live: Live, place: Place) => AsyncGenerator<LiveUpdate<T>, void>;
  /** Loads the list: what came before the stream began, or was left out, is in it. */
  readonly reload: () => Promise<unknown>;
}

/** A list that is followed, and what its reader can do about it. */
export interface LiveList<T extends { readonly id: string }> extends LiveRows<T> {
  readonly state: LiveState;
  readonly pause: () => void;
  readonly resume: () => void;
  readonly show: () => void;
  /** Of the table, to tell whether its reader is at its top. */
  readonly table: React.RefObject<HTMLDivElement | null>;
}

/** Whether new rows on top would move what the reader looks at, or is about to press. */
function isInTheMiddle(table: HTMLElement | null): boolean {
  if (table === null) return false;
  const isAbove = table.getBoundingClientRect().top < 0;
  const body = table.querySelector('tbody');
  return isAbove || (body?.matches(':hover, :focus-within') ?? false) || hasOpenMenu();
}

const hasOpenMenu = (): boolean => document.querySelector('[role=menu], [role=dialog]') !== null;

/**
 * Follows a list while the page is in sight. A page in the background lets its connection go, of which a browser has
 * few, and goes on from where it was.
 */
export function useLive<T extends { readonly id: string }>(options: LiveOptions<T>): LiveList<T> {
  const { key } = options;
  const { session } = useOpenSession();
  const { sessions } = usePortal();
  const may = useMay();
  const [isPaused, setIsPaused] = useState(false);
  const [connection, setConnection] = useState<'connecting' | 'live' | 'broken' | 'over'>('connecting');
  const [rows, setRows] = useState<LiveRows<T> & { readonly key: string }>({ ...NO_ROWS, key });
  const isVisible = useIsVisible();
  const table = useRef<HTMLDivElement>(null);
  const place = useRef<{ key: string; id: string } | undefined>(undefined);
  const live = useMemo(() => createLive({ serverUrl: '', token: session.token }), [session.token]);
  const isEnabled = options.isEnabled && may('ViewBase');
  const isOpen = isEnabled && !isPaused && isVisible;
  const tell = useAnnounceNews();

  const take = useEffectEvent((news: readonly T[]) => {
    const isReading = isInTheMiddle(table.current);
    setRows((known) => ({ ...addRows(known.key === key ? known : NO_ROWS, news, isReading), key }));
    tell(news.length);
  });
  const follow = useEffectEvent((signal: AbortSignal) =>
    options.follow(live, {
      signal,
      lastEventId: place.current?.key === key ? place.current.id : undefined,
      onPlace: (id) => {
        place.current = { key, id };
      },
    }),
  );
  const reload = useEffectEvent(() => void options.reload());
  const end = useEffectEvent((error: unknown) => {
    setConnection('over');
    if (isUnauthorized(error)) sessions.close(session, 'ended');
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: another list is another stream
  useEffect(() => {
    if (!isOpen) return undefined;
    const ended = new AbortController();
    let news: T[] = [];
    const draw = setInterval(() => {
      if (news.length > 0) take(news);
      news = [];
    }, DRAW_EVERY);
    const read = async () => {
      for await (const update of follow(ended.signal)) {
        if (ended.signal.aborted) return;
        if (update.type === 'item') news.push(update.item);
        else setConnection(update.type === 'broken' ? 'broken' : 'live');
        if (update.type === 'restart' || (update.type === 'open' && !update.resumed)) reload();
      }
    };
    setConnection('connecting');
    read().catch((error: unknown) => {
      if (!ended.signal.aborted) end(error);
    });
    return () => {
      ended.abort();
      clearInterval(draw);
      if (news.length > 0) take(news);
    };
  }, [isOpen, key, live]);

  const own = rows.key === key ? rows : NO_ROWS;
  const isFull = own.shown.length > MOST_SHOWN;
  const startAnew = useEffectEvent(async () => {
    const { shown } = own;
    await options.reload();
    setRows((known) => ({ ...dropRows(known, shown), key: known.key }));
  });
  useEffect(() => {
    if (isFull) void startAnew();
  }, [isFull]);
  return {
    shown: own.shown,
    waiting: own.waiting,
    table,
    state: stateOf(isEnabled, isPaused, connection),
    pause: () => setIsPaused(true),
    resume: () => setIsPaused(false),
    show: () => setRows((known) => ({ ...showWaiting(known), key: known.key })),
  };
}

function stateOf(isEnabled: boolean, isPaused: boolean, connection: LiveState | 'over'): LiveState {
  if (!isEnabled || connection === 'over') return 'off';
  return isPaused ? 'paused' : connection;
}

function useIsVisible(): boolean {
  const [isVisible, setIsVisible] = useState(() => document.visibilityState === 'visible');
  useEffect(() => {
    const look = () => setIsVisible(document.visibilityState === 'visible');
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);
  return isVisible;
}

/** Tells screen readers how many rows came, gathered, so that a busy list does not talk without end. */
function useAnnounceNews(): (count: number) => void {
  const { t } = useTranslation();
  const { locale } = usePortal();
  const announce = useAnnounce();
  const gathered = useRef<{
    count: number;
    saidAt: number;
    timer?: ReturnType<typeof setTimeout> | undefined;
  }>({
    count: 0,
    saidAt: 0,
  });
  const say = useEffectEvent(() => {
    const { count } = gathered.current;
    gathered.current = { count: 0, saidAt: Date.now() };
    announce(t('live.announced', { number: formatNumber(count, locale.tag) }));
  });
  const sayLater = useEffectEvent((count: number) => {
    gathered.current.count += count;
    const wait = gathered.current.saidAt + ANNOUNCE_EVERY - Date.now();
    gathered.current.timer ??= setTimeout(say, Math.max(wait, GATHER));
  });
  useEffect(() => () => clearTimeout(gathered.current.timer), []);
  return sayLater;
}
