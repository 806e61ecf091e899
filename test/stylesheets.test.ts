// A component of Mantine whose stylesheet is not loaded draws nothing, and no story sees that.
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { trackedFiles } from './tidy/source.ts'

const root = resolve(import.meta.dirname, '..')
const STYLES = join(root, 'node_modules/@mantine/core/styles')

test('the stylesheet of every component that the console uses is loaded', () => {
  const sheet = readFileSync(join(root, 'packages/web/src/app/mantine.css'), 'utf8')
  const used = trackedFiles(root, /^packages\/web\/src\/.*\.tsx$/).flatMap(({ text }) =>
    [...text.matchAll(/import \{([^}]*)\} from '@mantine\/core'/g)].flatMap(([, names = '']) =>
      names.split(',').map((name) => name.replace('type ', '').trim()),
    ),
  )
  const styled = [...new Set(used)].filter((name) => existsSync(join(STYLES, `${name}.css`)))
  assert.ok(styled.includes('Progress'), 'no component was found')
  assert.deepEqual(
    styled.filter((name) => !sheet.includes(`@mantine/core/styles/${name}.css`)),
    [],
  )
})
