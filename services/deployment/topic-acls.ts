// Who may do what on a broker: a table of permissions derived from the tables of topics and stages.
import { STAGES } from '../../topology/stages.ts';
import { TOPICS, type Topic } from '../../topology/topics.ts';
import type { KafkaConfig } from './kafka-config.ts';

export interface Permission {
  /** `User:<prefix><stage>`; outside parties are `User:<prefix>users`. */
  readonly principal: string;
  readonly resource: 'topic' | 'group';
  readonly name: string;
  /** prefixed: every name that begins so. */
  readonly pattern: 'literal' | 'prefixed';
  readonly operation: 'read' | 'write' | 'describe';
}

/** Outside parties name their groups so. */
export const USERS_GROUPS = 'users.';

/** Group of a stage. */
export function groupName(prefix: string, stage: string): string {
  return `${prefix}${stage}`;
}

function reads(topic: Topic, stage: string): boolean {
  if (topic.read_by.includes(stage)) return true;
  const anyStage = topic.read_by.includes('every stage at start') || topic.read_by.includes('the same stage');
  return anyStage && STAGES.some(({ name, inputs }) => name === stage && inputs.length > 0);
}

/** Stages also read what they write: recovery compares with it, and claims are found in it. They see the counts of every topic. */
export function wantedPermissions(config: Pick<KafkaConfig, 'topology' | 'principal_prefix'>): readonly Permission[] {
  const { prefix } = config.topology;
  const permissions: Permission[] = [];
  for (const { name: stage } of STAGES) {
    const principal = `User:${config.principal_prefix}${stage}`;
    for (const topic of TOPICS) {
      const name = `${prefix}${topic.name}`;
      const row = { principal, resource: 'topic', name, pattern: 'literal' } as const;
      const writes = topic.written_by.includes(stage);
      if (writes) permissions.push({ ...row, operation: 'write' });
      if (writes || reads(topic, stage)) permissions.push({ ...row, operation: 'read' });
      else permissions.push({ ...row, operation: 'describe' });
    }
    permissions.push({ principal, resource: 'group', name: groupName(prefix, stage), pattern: 'literal', operation: 'read' });
  }
  const users = `User:${config.principal_prefix}users`;
  for (const topic of TOPICS) {
    const row = { principal: users, resource: 'topic', name: `${prefix}${topic.name}`, pattern: 'literal' } as const;
    if (topic.written_by.includes('users')) permissions.push({ ...row, operation: 'write' });
    if (topic.read_by.includes('users')) permissions.push({ ...row, operation: 'read' });
  }
  permissions.push({
    principal: users,
    resource: 'group',
    name: `${prefix}${USERS_GROUPS}`,
    pattern: 'prefixed',
    operation: 'read',
  });
  return permissions;
}

export type PermissionDifference =
  | { readonly kind: 'ALLOW'; readonly permission: Permission }
  /** Ours has more than the table says; apply takes nothing away. */
  | { readonly kind: 'SURPLUS'; readonly what: string };

export function permissionText({ principal, operation, resource, name, pattern }: Permission): string {
  return `${principal} may ${operation} ${resource} ${name}${pattern === 'prefixed' ? '*' : ''}`;
}

/** `surplus` are texts of what principals of ours have beyond what a permission can say. */
export function permissionDifferences(
  wanted: readonly Permission[],
  found: readonly Permission[],
  surplus: readonly string[],
): readonly PermissionDifference[] {
  const have = new Set(found.map(permissionText));
  const want = new Set(wanted.map(permissionText));
  return [
    ...wanted
      .filter((permission) => !have.has(permissionText(permission)))
      .map((permission): PermissionDifference => ({ kind: 'ALLOW', permission })),
    ...[...[...have].filter((text) => !want.has(text)), ...surplus].map(
      (what): PermissionDifference => ({ kind: 'SURPLUS', what }),
    ),
  ];
}
