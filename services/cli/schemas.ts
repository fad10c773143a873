// `weir schemas register|check|diff`: the schemas of the lock against those of a registry.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { messageOf } from '../../topology/log/errors.ts';
import { replaceFile } from '../../topology/log/replace-file.ts';
import { parseRegistryIds, type RegistryIds } from '../../topology/registry/id-map.ts';
import { type RegisteredVersion, type RegistryClient, registryClient } from '../../topology/registry/registry-client.ts';
import { type WantedSchema, wantedSchemas } from '../../topology/registry/subjects.ts';
import type { RegistrySettings } from '../deployment/kafka-config.ts';
import { registeredAs, registryIds, type SchemaDifference, schemaDifferences } from '../deployment/schema-plan.ts';
import { CommandError, EXIT, type ExitCode } from './exit-codes.ts';
import { commandErrorOf } from './known-errors.ts';
import type { CommonOptions } from './options.ts';
import type { Output } from './output.ts';
import { kafkaConfig } from './topics.ts';

const LEVEL = 'FULL_TRANSITIVE';

interface Here {
  readonly settings: RegistrySettings;
  readonly client: RegistryClient;
  readonly wanted: readonly WantedSchema[];
  /** Where other ids are kept. */
  readonly map_file: string;
  /** Stages know where that is. */
  readonly is_set: boolean;
}

function here(options: CommonOptions): Here {
  const { registry: settings, registry_ids_file, topology } = kafkaConfig();
  if (settings === null)
    throw new CommandError(
      EXIT.BAD_CONFIGURATION,
      'CONFIG',
      'WEIR_KAFKA_REGISTRY_URL: is not set',
      'set it to the base of the Confluent-compatible interface, such as http://127.0.0.1:8080/apis/ccompat/v7',
    );
  const map_file = registry_ids_file ?? join(options.data, 'registry-ids.json');
  const is_set = registry_ids_file !== null;
  return { settings, client: registryClient(settings), wanted: wantedSchemas(topology.prefix), map_file, is_set };
}

/** Says what an error of the registry means to whoever called the command. */
async function orFailure<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const known = commandErrorOf(error);
    if (known !== null) throw known;
    throw new CommandError(EXIT.FAILURE, 'REGISTRY_FAILED', messageOf(error));
  }
}

async function registeredIn(
  client: RegistryClient,
  wanted: readonly WantedSchema[],
): Promise<Map<string, readonly RegisteredVersion[]>> {
  const registered = new Map<string, readonly RegisteredVersion[]>();
  for (const subject of new Set(wanted.map((schema) => schema.subject)))
    registered.set(subject, await client.versionsOf(subject));
  return registered;
}

async function checkLevel(client: RegistryClient): Promise<void> {
  const level = await client.compatibility();
  if (level !== LEVEL)
    throw new CommandError(
      EXIT.CHECK_FAILED,
      'REGISTRY_LEVEL',
      `the global compatibility level of the registry is ${level}, expected ${LEVEL}`,
      'set it globally: what each client sets for itself collides when many register at once',
    );
}

function lineOf(difference: SchemaDifference): string {
  switch (difference.kind) {
    case 'MISSING':
      return `+ ${difference.subject}: id ${difference.id} is not registered`;
    case 'OTHER_ID':
      return `~ ${difference.subject}: id ${difference.id} is ${difference.registry_id} in the registry`;
    case 'UNKNOWN_VERSION':
      return `? ${difference.subject}: version ${difference.version} (id ${difference.registry_id}) is not in the lock`;
    case 'INCOMPATIBLE':
      return `! ${difference.subject}: id ${difference.id} is not compatible with version ${difference.version}: ${difference.why}`;
  }
}

function present(map_file: string): RegistryIds {
  return existsSync(map_file) ? parseRegistryIds(readFileSync(map_file, 'utf8')) : {};
}

/** Registers every version that is missing, in the order of the ids; writes the map where the registry's ids differ. */
export async function schemasRegister(options: CommonOptions, output: Output): Promise<ExitCode> {
  const { settings, client, wanted, map_file, is_set } = here(options);
  return orFailure(async () => {
    await checkLevel(client);
    const registered = await registeredIn(client, wanted);
    const ids = new Map<string, number>();
    let added = 0;
    for (const schema of wanted) {
      const found = registeredAs(schema, registered.get(schema.subject) ?? []);
      const id = found?.id ?? (await client.register(schema.subject, schema.schema));
      ids.set(schema.fingerprint, id);
      if (found === undefined) added += 1;
      const said = id === schema.id ? '' : ` (${schema.id} in the lock)`;
      output.line(`${found === undefined ? '+' : '='} ${schema.subject}: id ${id}${said}`);
    }
    const map = registryIds(wanted, ids);
    const differ = wanted.filter(({ fingerprint, id }) => ids.get(fingerprint) !== id).length;
    const before = present(map_file);
    if (differ > 0 || Object.keys(before).length > 0) {
      mkdirSync(dirname(map_file), { recursive: true });
      replaceFile(map_file, `${JSON.stringify(map, null, 2)}\n`);
    }
    output.line(
      differ === 0
        ? `${wanted.length} schemas, ${added} added: the ids of registry and lock agree`
        : `${wanted.length} schemas, ${added} added: ${differ} ids differ from the lock; the map is ${map_file}`,
    );
    if (differ > 0 && !is_set) output.note(`set WEIR_KAFKA_REGISTRY_MAP_FILE=${map_file} for every stage`);
    output.document({
      url: settings.url,
      schemas: wanted.map(({ subject, id, fingerprint }) => ({ subject, id, registry_id: ids.get(fingerprint) ?? null })),
      added,
      map_file: differ === 0 ? null : map_file,
    });
    return EXIT.OK;
  });
}

/** Whether what is missing could be registered: asks the registry, and compares by ourselves to say why not. */
export async function schemasCheck(options: CommonOptions, output: Output): Promise<ExitCode> {
  const { settings, client, wanted } = here(options);
  return orFailure(async () => {
    await checkLevel(client);
    const registered = await registeredIn(client, wanted);
    const faults = schemaDifferences(wanted, registered).filter(({ kind }) => kind === 'INCOMPATIBLE');
    const said = new Set(faults.map(({ subject }) => subject));
    const refused: string[] = [];
    for (const schema of wanted) {
      const versions = registered.get(schema.subject) ?? [];
      if (registeredAs(schema, versions) !== undefined || said.has(schema.subject)) continue;
      for (const { version } of versions) {
        if (!(await client.isCompatible(schema.subject, version, schema.schema)))
          refused.push(`! ${schema.subject}: the registry refuses id ${schema.id} after version ${version}`);
      }
    }
    const lines = [...faults.map(lineOf), ...refused];
    for (const line of lines) output.line(line);
    output.document({ url: settings.url, faults, refused });
    output.line(lines.length === 0 ? `${wanted.length} schemas are compatible with the registry` : `${lines.length} faults`);
    return lines.length === 0 ? EXIT.OK : EXIT.CHECK_FAILED;
  });
}

/** What differs between lock and registry; ids that the map knows are no difference. */
export async function schemasDiff(options: CommonOptions, output: Output): Promise<ExitCode> {
  const { settings, client, wanted, map_file } = here(options);
  return orFailure(async () => {
    const map = present(map_file);
    const mapped = wanted.map((schema) => ({ ...schema, id: map[schema.fingerprint] ?? schema.id }));
    const differences = schemaDifferences(mapped, await registeredIn(client, wanted));
    for (const difference of differences) output.line(lineOf(difference));
    output.document({ url: settings.url, map_file: Object.keys(map).length > 0 ? map_file : null, differences });
    output.line(
      differences.length === 0 ? `${wanted.length} schemas: registry and lock agree` : `${differences.length} differences`,
    );
    return differences.length === 0 ? EXIT.OK : EXIT.CHECK_FAILED;
  });
}
