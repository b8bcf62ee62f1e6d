import { describe, expect, test } from 'vitest';
import { namesIn, search, toTree } from '../src/features/event-types/tree';

const type = (name: string, groupName?: string) => ({ name, groupName });

describe('the tree of event types', () => {
  test('puts types under their group, or else under the first part of their name', () => {
    const tree = toTree([
      type('invoice.paid', 'Billing'),
      type('refund.made', 'Billing'),
      type('order.created'),
      type('order.line.added'),
    ]);
    expect(tree.map(({ label, children }) => [label, children.map((child) => child.label)])).toEqual([
      ['Billing', ['invoice.paid', 'refund.made']],
      ['order', ['order.created', 'order.line.added']],
    ]);
  });

  test('writes no heading over a single type', () => {
    expect(toTree([type('ping'), type('user.signed_up')]).map(({ label }) => label)).toEqual([
      'ping',
      'user.signed_up',
    ]);
  });

  test('counts a type that is a heading too', () => {
    const [node] = toTree([type('user'), type('user.created'), type('user.deleted')]);
    expect(node && namesIn(node)).toEqual(['user', 'user.created', 'user.deleted']);
  });

  test('gives each node a key of its own, whatever groups are called', () => {
    const tree = toTree([type('a.b', 'a'), type('a.c', 'a'), type('x.b', 'x'), type('x.c', 'x')]);
    const keys = tree.flatMap((node) => [node.key, ...node.children.map((child) => child.key)]);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('is empty where there are no types', () => {
    expect(toTree([])).toEqual([]);
  });
});

describe('searching event types', () => {
  const types = [
    { name: 'invoice.paid', description: 'Money came', groupName: 'Billing' },
    { name: 'order.created', description: 'Somebody ordered' },
  ];
  test.each([
    ['', ['invoice.paid', 'order.created']],
    ['PAID', ['invoice.paid']],
    ['billing money', ['invoice.paid']],
    ['ordered', ['order.created']],
    ['billing ordered', []],
  ])('finds %j', (text, names) => {
    expect(search(types, text).map(({ name }) => name)).toEqual(names);
  });
});
