/** What the tree needs to know of an event type. */
export interface NamedType {
  readonly name: string;
  readonly description?: string | undefined;
  readonly groupName?: string | null | undefined;
}

/** A heading with what stands under it. A type may have types below it: `user` and `user.created`. */
export interface TreeNode {
  /** Different for every node. */
  readonly key: string;
  /** What is written at the node: a group, a part of a name, or a whole name. */
  readonly label: string;
  /** Set where the node is a type itself. */
  readonly type: NamedType | undefined;
  readonly children: readonly TreeNode[];
}

interface Branch {
  readonly types: NamedType[];
  readonly branches: Map<string, Branch>;
  type: NamedType | undefined;
}

const emptyBranch = (): Branch => ({ types: [], branches: new Map(), type: undefined });

function branchAt(parent: Branch, step: string): Branch {
  const known = parent.branches.get(step) ?? emptyBranch();
  parent.branches.set(step, known);
  return known;
}

/** A branch with one type in it is that type; a heading over a single line says nothing. */
function toNodes(branch: Branch, path: readonly string[]): TreeNode[] {
  return [...branch.branches].map(([step, below]): TreeNode => {
    const here = [...path, step];
    const [only] = below.types;
    if (below.types.length === 1 && only !== undefined) {
      return { key: here.join('/'), label: only.name, type: only, children: [] };
    }
    return {
      key: here.join('/'),
      label: below.type?.name ?? step,
      type: below.type,
      children: toNodes(below, here),
    };
  });
}

/**
 * Event types as a tree: under their group where they have one, otherwise under the first part of their dotted name.
 * Groups have one level, so that a name is never further away than one step.
 */
export function toTree(types: readonly NamedType[]): readonly TreeNode[] {
  const root = emptyBranch();
  for (const type of types) {
    const group = type.groupName || type.name.split('.', 1)[0] || type.name;
    const branch = branchAt(root, group);
    branch.types.push(type);
    if (!type.groupName && type.name === group) branch.type = type;
    else branchAt(branch, type.name).types.push(type);
  }
  return toNodes(root, []);
}

/** The names of all types at and below a node. */
export const namesIn = ({ type, children }: TreeNode): readonly string[] => [
  ...(type === undefined ? [] : [type.name]),
  ...children.flatMap(namesIn),
];

/** The types whose name, description or group holds all the words looked for. */
export function search<T extends NamedType>(types: readonly T[], text: string): readonly T[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return types;
  return types.filter(({ name, description = '', groupName }) => {
    const all = `${name} ${description} ${groupName ?? ''}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
}
