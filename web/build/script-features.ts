// Which features of the platform a script uses, as far as its text tells: syntax, global names, members of what can only
// be one thing (`AbortSignal.timeout`, `navigator.wakeLock`), and methods of anything whose name no older feature has and
// the script does not define itself (`.findLast(…)`). Names that old and new share cannot be told apart without types: the
// browser from which the new ones are taken away (tests/bars/old-browsers) finds those.
import { parse, type Node } from 'acorn'
import { ancestor } from 'acorn-walk'
import { featureAt, isStandard, missingIn, type Feature } from './browsers.ts'

export interface Use {
  /** As in browser-compat-data: `api.AbortSignal.timeout_static`. */
  feature: string
  missing: string[]
  /** The text looks first whether it is there. */
  guarded: boolean
}

/** Global objects by their interface. */
const SINGLETONS: Record<string, string> = {
  window: 'Window', self: 'Window', globalThis: 'Window', navigator: 'Navigator', document: 'Document', screen: 'Screen',
  location: 'Location', history: 'History', performance: 'Performance', crypto: 'Crypto', localStorage: 'Storage',
  sessionStorage: 'Storage',
}
/** Members whose name says of which interface they are. */
const PARTS: Record<string, string> = { mediaDevices: 'MediaDevices', wakeLock: 'WakeLock', documentElement: 'Element', clipboard: 'Clipboard' }

const named = (path: string): Feature | null => featureAt(...path.split('.'))

/** Names of methods and attributes of instances that only features newer than the list have, with those features. */
function newNames(): Map<string, string> {
  const newer = new Map<string, string>()
  const older = new Set<string>(['constructor'])
  for (const family of ['api', 'javascript.builtins', 'javascript.builtins.Intl']) {
    for (const [type, parts] of Object.entries(named(family)!)) {
      for (const [name, part] of Object.entries(parts as Feature)) {
        if (name.startsWith('__') || /_static$|_event$|^@@/.test(name) || !(part as Feature).__compat) continue
        if (missingIn(part as Feature).length === 0) older.add(name)
        else if (!newer.has(name)) newer.set(name, `${family}.${type}.${name}`)
      }
    }
  }
  for (const name of older) newer.delete(name)
  return newer
}

/** Attributes of elements that templates write as keys of an object. */
function newAttributes(): Map<string, string> {
  const found = new Map<string, string>()
  for (const [name, feature] of Object.entries(named('html.global_attributes')!)) {
    if (isStandard(feature as Feature) && missingIn(feature as Feature).length > 0) found.set(name, `html.global_attributes.${name}`)
  }
  return found
}

let tables: { names: Map<string, string>; attributes: Map<string, string> } | null = null

interface Any extends Node {
  [key: string]: unknown
}

const text = (node: Any | null | undefined): string =>
  node?.type === 'Identifier' ? (node.name as string) : node?.type === 'Literal' ? String(node.value) : ''

function syntaxOf(node: Any): string | null {
  switch (node.type) {
    case 'StaticBlock':
      return 'javascript.classes.static.initialization_blocks'
    case 'PropertyDefinition':
      return (node.key as Any).type === 'PrivateIdentifier' ? 'javascript.classes.private_class_fields' : 'javascript.classes.public_class_fields'
    case 'MethodDefinition':
      return (node.key as Any).type === 'PrivateIdentifier' ? 'javascript.classes.private_class_methods' : null
    case 'BinaryExpression':
      return (node.left as Any).type === 'PrivateIdentifier' ? 'javascript.classes.private_class_fields_in' : null
    case 'ChainExpression':
      return 'javascript.operators.optional_chaining'
    case 'LogicalExpression':
      return node.operator === '??' ? 'javascript.operators.nullish_coalescing' : null
    case 'AssignmentExpression':
      return { '||=': 'javascript.operators.logical_or_assignment', '&&=': 'javascript.operators.logical_and_assignment', '??=': 'javascript.operators.nullish_coalescing_assignment' }[node.operator as string] ?? null
    case 'Literal':
      return node.regex ? regexOf(node.regex as { pattern: string; flags: string }) : null
    default:
      return null
  }
}

function regexOf({ pattern, flags }: { pattern: string; flags: string }): string | null {
  if (/\(\?<[=!]/.test(pattern)) return 'javascript.regular_expressions.lookbehind_assertion'
  if (/\(\?[ims]*-?[ims]*:/.test(pattern) && !/\(\?:/.test(pattern)) return 'javascript.regular_expressions.modifier'
  if (flags.includes('v')) return 'javascript.builtins.RegExp.unicodeSets'
  if (flags.includes('d')) return 'javascript.builtins.RegExp.hasIndices'
  return /\\p\{/.test(pattern) ? 'javascript.regular_expressions.unicode_character_class_escape' : null
}

/** What a member of this object would be called. */
function memberPaths(object: Any, name: string): string[] {
  const of = text(object)
  const part = object.type === 'MemberExpression' ? PARTS[text(object.property as Any)] : undefined
  const type = SINGLETONS[of] ?? part
  if (type) return [`api.${type}.${name}`, ...(type === 'Window' ? [`api.${name}`] : [])]
  if (object.type === 'Identifier' && /^[A-Z]/.test(of)) return [`api.${of}.${name}_static`, `javascript.builtins.${of}.${name}`]
  return []
}

/** It is looked at, not yet used: `x.y?.()`, `x.y?.z`, `if (x.y)`, `x.y && …`, `x.y ? … : …`, `!x.y`, `const y = x.y`. */
function looksFirst(node: Any, parents: Any[]): boolean {
  if (node.optional === true) return true
  let child = node
  for (let i = parents.length - 1; i >= 0; i--) {
    const parent = parents[i]!
    if (parent.type === 'CallExpression' && parent.callee === child) return parent.optional === true
    if (parent.type === 'MemberExpression' && parent.object === child) return parent.optional === true
    if (parent.type === 'UnaryExpression' || parent.type === 'IfStatement') return parent.operator !== undefined || parent.test === child
    if (parent.type === 'ConditionalExpression' && parent.test === child) return true
    if (parent.type === 'LogicalExpression' && parent.left === child) return true
    if (['VariableDeclarator', 'AssignmentExpression', 'BinaryExpression'].includes(parent.type)) return true
    if (parent.type !== 'ChainExpression' && parent.type !== 'LogicalExpression') return false
    child = parent
  }
  return false
}

export function scriptUses(code: string): Use[] {
  tables ??= { names: newNames(), attributes: newAttributes() }
  const { names, attributes } = tables
  const found = new Map<string, { name: string; guarded: boolean }[]>()
  /** Names that this text asks for somewhere: `"x" in y`, `typeof X`. */
  const asked = new Set<string>()
  const declared = new Set<string>()
  /** Members that the text gives to objects of its own. */
  const defined = new Set<string>()
  const note = (feature: string, name: string, guarded: boolean) => found.set(feature, [...(found.get(feature) ?? []), { name, guarded }])
  const global = (node: Any, parents: Any[]) => {
    const name = node.name as string
    for (const path of [`api.${name}`, `javascript.builtins.${name}`]) if (named(path)) note(path, name, looksFirst(node, parents))
  }

  const program = parse(code, { ecmaVersion: 'latest', sourceType: 'module' }) as unknown as Any
  ancestor(program, {
    ...Object.fromEntries(['StaticBlock', 'PropertyDefinition', 'MethodDefinition', 'ChainExpression', 'LogicalExpression', 'AssignmentExpression', 'Literal'].map((type) => [type, (node: Any) => {
      const path = syntaxOf(node)
      if (path) note(path, '', false)
      if (type.endsWith('Definition')) defined.add(text(node.key as Any))
      if (type === 'AssignmentExpression' && (node.left as Any).type === 'MemberExpression') defined.add(text((node.left as Any).property as Any))
    }])),
    BinaryExpression(node: Any) {
      const path = syntaxOf(node)
      if (path) note(path, '', false)
      if (node.operator === 'in') asked.add(text(node.left as Any))
    },
    UnaryExpression(node: Any) {
      if (node.operator === 'typeof') asked.add(text(node.argument as Any))
    },
    AwaitExpression(_: Any, __: unknown, parents: Any[]) {
      if (!parents.some(({ type }) => /Function/.test(type))) note('javascript.operators.await.top_level', '', false)
    },
    VariablePattern(node: Any) {
      declared.add(node.name as string)
    },
    Function(node: Any) {
      if (node.id) declared.add(text(node.id as Any))
    },
    Class(node: Any) {
      if (node.id) declared.add(text(node.id as Any))
    },
    Identifier(node: Any, _: unknown, parents: Any[]) {
      global(node, parents.slice(0, -1))
    },
    NewExpression(node: Any) {
      const name = text(node.callee as Any)
      if (name) note(`api.${name}.${name}`, name, false)
    },
    MemberExpression(node: Any, _: unknown, parents: Any[]) {
      const name = node.computed && (node.property as Any).type !== 'Literal' ? '' : text(node.property as Any)
      if (!name) return
      const above = parents.slice(0, -1)
      const known = memberPaths(node.object as Any, name).filter(named)
      for (const path of known) note(path, name, looksFirst(node, above))
      const called = above[above.length - 1]
      const isCall = called?.type === 'CallExpression' && called.callee === node
      if (names.has(name) && looksFirst(node, above)) asked.add(name)
      if (known.length === 0 && isCall && names.has(name)) note(names.get(name)!, name, looksFirst(node, above))
    },
    Property(node: Any) {
      defined.add(text(node.key as Any))
      const path = node.computed ? undefined : attributes.get(text(node.key as Any))
      if (path) note(path, text(node.key as Any), false)
    },
  } as never)

  return [...found].flatMap(([feature, uses]) => {
    const missing = missingIn(named(feature) ?? {})
    if (missing.length === 0 || uses.every(({ name }) => declared.has(name))) return []
    const isGuess = uses.every(({ name }) => names.get(name) === feature)
    if (isGuess && uses.every(({ name }) => defined.has(name))) return []
    return [{ feature, missing, guarded: uses.some(({ name, guarded }) => guarded || asked.has(name)) }]
  })
}

/** `either`: of JavaScript's own objects the data does not tell what the type has and what its instances have. */
export interface Member {
  type: string
  name: string
  of: 'type' | 'instance' | 'either'
}

/** Everything of the platform's script side that a browser of the list may lack: what a test takes away from a newer one. */
export function takenAway(): { globals: string[]; members: Member[] } {
  const globals: string[] = []
  const members: Member[] = []
  for (const family of ['api', 'javascript.builtins'] as const) {
    for (const [type, parts] of Object.entries(named(family)!)) {
      if (type.startsWith('__')) continue
      if (missingIn(parts as Feature).length > 0) {
        globals.push(type)
        continue
      }
      for (const [part, feature] of Object.entries(parts as Feature)) {
        if (part.startsWith('__') || part === type || /_event$|^@@/.test(part) || missingIn(feature as Feature).length === 0) continue
        const isStatic = part.endsWith('_static')
        const of = family === 'javascript.builtins' ? 'either' : isStatic ? 'type' : 'instance'
        members.push({ type, name: part.replace(/_static$/, ''), of })
      }
    }
  }
  return { globals, members }
}
