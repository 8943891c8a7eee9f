/** Values by MQTT topic filter, found by topic in time that does not grow with their number. */
export interface TopicTree<Value> {
  /** Returns what takes it away again. */
  add(filter: string, value: Value): () => void;
  match(topic: string): readonly Value[];
  readonly size: number;
}

interface Node<Value> {
  readonly children: Map<string, Node<Value>>;
  readonly values: Set<{ readonly value: Value }>;
}

const createNode = <Value>(): Node<Value> => ({ children: new Map(), values: new Set() });

/** Why a filter is none (MQTT 3.1.1, 4.7), or null. */
export const filterFault = (filter: string): string | null => {
  if (filter.length === 0) return 'an empty topic filter';
  const levels = filter.split('/');
  const wrong = levels.some(
    (level, n) =>
      (level.includes('#') && (level !== '#' || n !== levels.length - 1)) || (level.includes('+') && level !== '+'),
  );
  return wrong ? `the topic filter ${filter}: + and # stand alone in their level, # last` : null;
};

/** Matching as in MQTT 3.1.1, 4.7: `+` one level, `#` any number also none, and no wildcard meets a first `$`. */
export const createTopicTree = <Value>(): TopicTree<Value> => {
  const root = createNode<Value>();
  let size = 0;

  const prune = (path: readonly (readonly [Node<Value>, string])[]): void => {
    for (const [parent, level] of path.toReversed()) {
      const child = parent.children.get(level);
      if (!child || child.children.size > 0 || child.values.size > 0) return;
      parent.children.delete(level);
    }
  };

  return {
    add(filter, value) {
      const path: (readonly [Node<Value>, string])[] = [];
      let node = root;
      for (const level of filter.split('/')) {
        path.push([node, level]);
        let child = node.children.get(level);
        if (!child) {
          child = createNode();
          node.children.set(level, child);
        }
        node = child;
      }
      const entry = { value };
      node.values.add(entry);
      size++;
      return () => {
        if (!node.values.delete(entry)) return;
        size--;
        prune(path);
      };
    },
    match(topic) {
      const levels = topic.split('/');
      const found: Value[] = [];
      const take = (node: Node<Value> | undefined): void => {
        if (node) for (const { value } of node.values) found.push(value);
      };
      const visit = (node: Node<Value>, at: number): void => {
        const wild = at > 0 || !topic.startsWith('$');
        if (wild) take(node.children.get('#'));
        const level = levels[at];
        if (level === undefined) {
          take(node);
          return;
        }
        const exact = node.children.get(level);
        if (exact) visit(exact, at + 1);
        const any = wild ? node.children.get('+') : undefined;
        if (any) visit(any, at + 1);
      };
      visit(root, 0);
      return found;
    },
    get size() {
      return size;
    },
  };
};

/** True where the filter matches the topic. */
export const filterMatches = (filter: string, topic: string): boolean => {
  const tree = createTopicTree<true>();
  tree.add(filter, true);
  return tree.match(topic).length > 0;
};
