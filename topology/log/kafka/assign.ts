// Which member of a group gets which partitions: everyone keeps what it has as far as that is fair.

export interface Member {
  readonly id: string;
  /** What it had before. */
  readonly owned: readonly number[];
}

/** Shares 0 … count − 1 so that no member has more than one partition more than another; the same for every leader. */
export function assignPartitions(members: readonly Member[], count: number): ReadonlyMap<string, readonly number[]> {
  const sorted = [...members].sort((a, b) => (a.id < b.id ? -1 : 1));
  const shares = new Map<string, number[]>(sorted.map((member) => [member.id, []]));
  if (sorted.length === 0) return shares;
  const least = Math.floor(count / sorted.length);
  let spare = count % sorted.length;
  const given = new Set<number>();
  for (const { id, owned } of sorted) {
    const share = shares.get(id) ?? [];
    for (const partition of [...owned].sort((a, b) => a - b)) {
      if (given.has(partition) || !(partition >= 0 && partition < count)) continue;
      if (share.length === least && spare === 0) break;
      if (share.length > least) break;
      if (share.length === least) spare -= 1;
      share.push(partition);
      given.add(partition);
    }
  }
  for (let partition = 0; partition < count; partition++) {
    if (given.has(partition)) continue;
    const [share] = [...shares.values()].sort((a, b) => a.length - b.length);
    share?.push(partition);
  }
  for (const share of shares.values()) share.sort((a, b) => a - b);
  return shares;
}

/** Members of one group share their partitions under one name: a group never mixes versions of a stage. */
export function assignerName(version: string): string {
  return `weir:${version}`;
}
