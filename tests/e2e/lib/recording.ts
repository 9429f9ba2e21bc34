// Recordings as the API tells of them and as their files are.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Api } from './api'
import { pause } from './meeting'
import { BUILD, type Server } from './server'

export interface RecordingFile {
  name: string
  kind: 'program' | 'track'
  part: number
  source: string
  person: { id: string; name: string } | null
  start_ms: number
  duration_ms: number
  bytes: number
  sha256: string | null
  url: string
}

export interface Recording {
  id: string
  state: 'recording' | 'ready' | 'interrupted' | 'failed'
  started_at: number
  ended_at: number | null
  duration_ms: number
  gaps: { at_ms: number; for_ms: number }[]
  /** The program's and the single tracks. */
  files: RecordingFile[]
}

/** As staff see them. */
export async function recordingsOf(api: Api, meeting: string): Promise<Recording[]> {
  const page = await api.call<{ items: { id: string }[] }>('GET', `/api/v1/recordings?meeting=${meeting}&limit=200`)
  return Promise.all(
    page.items.map(async ({ id }) => {
      const one = await api.call<Recording & { tracks: RecordingFile[] }>('GET', `/api/v1/recordings/${id}`)
      return { ...one, files: [...one.files, ...one.tracks] }
    }),
  )
}

export async function finished(api: Api, meeting: string, ms = 30000): Promise<Recording[]> {
  const end = Date.now() + ms
  for (;;) {
    const recordings = await recordingsOf(api, meeting)
    if (recordings.length > 0 && recordings.every((recording) => recording.state !== 'recording')) return recordings
    if (Date.now() > end) throw new Error(`still ${recordings.map((r) => r.state).join()} after ${ms} ms`)
    await pause(100)
  }
}

export interface FileInfo {
  duration_ms: number
  tracks: { kind: 'video' | 'audio'; codec: string; frames: number; first_ms: number; last_ms: number; max_gap_ms: number }[]
}

/** Fetches a file as a viewer would and decodes all of it. */
export async function inspect(server: Server, api: Api, file: RecordingFile): Promise<FileInfo & { path: string }> {
  const response = await api.request('GET', file.url)
  if (!response.ok) throw new Error(`${file.name}: ${response.status}`)
  const path = join(server.data, `${Math.random().toString(36).slice(2)}-${file.name}`)
  writeFileSync(path, Buffer.from(await response.arrayBuffer()))
  const text = execFileSync(join(BUILD, 'tests', 'tools', 'webm-info'), [path], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  return { ...(JSON.parse(text) as FileInfo), path }
}

export interface Sync {
  pairs: number
  median_ms: number
  max_abs_ms: number
}

export const avSync = (path: string, ...options: string[]): Sync =>
  JSON.parse(execFileSync(join(BUILD, 'tests', 'tools', 'av-sync'), [...options, '--list', path], { encoding: 'utf8' })) as Sync
