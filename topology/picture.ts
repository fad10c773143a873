// The topology as a picture: text for a terminal, Mermaid for documents; both printed from the tables.
import { STAGES, type StageInput, type StageRow } from './stages.ts';
import { TOPICS, type Topic } from './topics.ts';

/** Topics with what they hold, then stages with what they read and write. */
export function textPicture(): string {
  const lines: string[] = ['TOPICS'];
  const width = Math.max(...TOPICS.map((topic) => topic.name.length));
  for (const topic of TOPICS) {
    lines.push(`  ${topic.name.padEnd(width)}  ${tagsOf(topic).join(', ')}`);
    lines.push(`  ${''.padEnd(width)}  holds ${topic.records.join(', ')}`);
  }
  lines.push('', 'STAGES');
  const names = Math.max(...STAGES.map((stage) => stage.name.length));
  for (const stage of STAGES) {
    const outside = stage.outside.length === 0 ? '' : ` (${stage.outside.join(', ')})`;
    lines.push(`  ${stage.name.padEnd(names)}  ${stage.kind}${outside}`);
    for (const input of stage.inputs) lines.push(`  ${''.padEnd(names)}  ← ${inputText(input)}`);
    for (const output of stage.outputs) lines.push(`  ${''.padEnd(names)}  → ${output}`);
  }
  return `${lines.join('\n')}\n`;
}

function tagsOf(topic: Topic): string[] {
  return [
    `key ${topic.key}`,
    topic.retention_days === null ? 'compacted' : `${topic.retention_days} days`,
    ...(topic.public === null ? [] : [`public ${topic.public}`]),
    ...(topic.raw ? ['raw bytes allowed'] : []),
  ];
}

function inputText(input: StageInput): string {
  return `${input.topic} [${input.scope}]${input.types === null ? '' : ` ${input.types.join(', ')}`}`;
}

/** Without dead letters and snapshots, which every stage has, and without the sinks that read everything. */
export function mermaidPicture(): string {
  const hidden = new Set(['dead-letters.v1', 'snapshots.v1']);
  const lines = ['flowchart LR'];
  for (const topic of TOPICS) if (!hidden.has(topic.name)) lines.push(`  ${idOf(topic.name)}[(${topic.name})]`);
  for (const stage of STAGES) {
    lines.push(`  ${idOf(stage.name)}${shapeOf(stage)}`);
    for (const input of stage.inputs) if (!hidden.has(input.topic)) lines.push(`  ${idOf(input.topic)} --> ${idOf(stage.name)}`);
    for (const output of stage.outputs) if (!hidden.has(output)) lines.push(`  ${idOf(stage.name)} --> ${idOf(output)}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Folds are rectangles, merge points rounded, effects hexagons, sources and sinks leaning. */
function shapeOf(stage: StageRow): string {
  switch (stage.kind) {
    case 'fold':
      return `[${stage.name}]`;
    case 'merge':
      return `(${stage.name})`;
    case 'effect':
      return `{{${stage.name}}}`;
    case 'source':
      return `[/${stage.name}/]`;
    case 'sink':
      return `[\\${stage.name}\\]`;
  }
}

function idOf(name: string): string {
  return name.replace(/[^a-z]/g, '_');
}
