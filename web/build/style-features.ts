// Which features of CSS a style sheet uses that a browser of the list may lack. What stands in `@supports`, or after a
// declaration of the same property that the browser does know, may be lost: it has something to fall back on.
import postcss, { type Declaration, type Rule } from 'postcss'
import values from 'postcss-value-parser'
import { featureAt, missingIn, type Feature } from './browsers.ts'

export interface StyleUse {
  feature: string
  missing: string[]
  where: string
}

/** Units by the feature that brings them. */
const UNITS: [RegExp, string][] = [
  [/^[\d.+-]+d(vh|vw|vmin|vmax|vi|vb)$/i, 'viewport_percentage_units_dynamic'],
  [/^[\d.+-]+s(vh|vw|vmin|vmax|vi|vb)$/i, 'viewport_percentage_units_small'],
  [/^[\d.+-]+l(vh|vw|vmin|vmax|vi|vb)$/i, 'viewport_percentage_units_large'],
  [/^[\d.+-]+cq(w|h|i|b|min|max)$/i, 'container_query_length_units'],
  [/^[\d.+-]+(lh)$/i, 'lh'],
]

function valueFeatures(property: string, value: string): string[] {
  const found: string[] = []
  values(value).walk((node) => {
    if (node.type === 'function') {
      for (const path of [`css.types.${node.value}`, `css.types.color.${node.value}`, `css.types.calc-size`]) {
        if (path.endsWith(`.${node.value}`) && featureAt(...path.split('.'))) found.push(path)
      }
    } else if (node.type === 'word') {
      for (const [unit, name] of UNITS) if (unit.test(node.value)) found.push(`css.types.length.${name}`)
      // Of grids, where they are as old as grids; the data dates them by flex boxes.
      if (/^(align|justify|place)-/.test(property)) return
      if (featureAt('css', 'properties', property, node.value)) found.push(`css.properties.${property}.${node.value}`)
    }
  })
  return found
}

const missingAt = (path: string): string[] => missingIn(featureAt(...path.split('.')) ?? ({} as Feature))

/** The features that this declaration needs and that somebody lacks. */
function lackingIn(declaration: Declaration): string[] {
  const { prop, value } = declaration
  if (prop.startsWith('-') && !prop.startsWith('--')) return [] // prefixed: an addition by its nature
  if (prop === 'cursor') return [] // touched, not pointed at
  const property = prop.startsWith('--') ? [] : [`css.properties.${prop}`]
  return [...property, ...valueFeatures(prop, value)].filter((path) => missingAt(path).length > 0)
}

/** An earlier declaration of the property in this rule that every browser of the list knows, or the same with a prefix. */
function hasFallback(declaration: Declaration): boolean {
  const siblings = (declaration.parent as Rule).nodes
  if (siblings.some((one) => one.type === 'decl' && one.prop === `-webkit-${declaration.prop}`)) return true
  for (let before = declaration.prev(); before; before = before.prev()) {
    if (before.type === 'decl' && before.prop === declaration.prop && lackingIn(before).length === 0) return true
  }
  return false
}

function selectorFeatures(selector: string): string[] {
  // What begins with a prefix is an addition by its nature.
  return [...selector.matchAll(/::?([a-z][a-z-]*)/g)].map(([, name]) => `css.selectors.${name}`).filter((path) => featureAt(...path.split('.')))
}

/** `spared`: losing these loses nothing that a person needs. */
export function styleUses(css: string, spared: (feature: string) => boolean = () => false): StyleUse[] {
  const found: StyleUse[] = []
  const note = (feature: string, where: string) => {
    const missing = missingAt(feature)
    if (missing.length > 0 && !spared(feature)) found.push({ feature, missing, where: where.slice(0, 120) })
  }
  const inSupports = (node: { parent?: unknown }): boolean => {
    for (let at = node.parent as { type?: string; name?: string; parent?: unknown } | undefined; at; at = at.parent as typeof at) {
      if (at.type === 'atrule' && at.name === 'supports') return true
    }
    return false
  }
  postcss.parse(css).walk((node) => {
    if (inSupports(node)) return
    if (node.type === 'atrule' && node.name !== 'supports') note(`css.at-rules.${node.name}`, `@${node.name} ${node.params}`)
    if (node.type === 'rule') for (const path of selectorFeatures(node.selector)) note(path, node.selector)
    if (node.type === 'decl' && !hasFallback(node)) for (const path of lackingIn(node)) note(path, `${(node.parent as Rule).selector} { ${node.prop}: ${node.value} }`)
  })
  return found
}
