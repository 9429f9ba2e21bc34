// What a full disk, a crash in it and a damaged database do to what was acknowledged: judged by the rows that are lost.
import { execFileSync } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Api, openMeeting } from '../lib/api'
import { Foe, pause } from '../lib/foe'
import { Server } from '../lib/server'
import { Judge, type Result } from './attack'

const FULL_S = 20
const DISK = 'size=600m'

/** A file system of its own, which only this program's namespace sees. */
function disk(): string {
  const folder = mkdtempSync(join(tmpdir(), 'yishi-disk-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', DISK, 'tmpfs', folder])
  return folder
}

/** To the last byte. */
function fill(file: string): void {
  const fd = openSync(file, 'a')
  for (let size = 1 << 20; size >= 1; size >>= 1) {
    try {
      for (;;) if (writeSync(fd, Buffer.alloc(size)) < size) break
    } catch {
      // No room for so much; for less, perhaps.
    }
  }
  closeSync(fd)
}

/** Disk wholly full for 20 s, somebody comes, speaks, goes; then the power is cut. */
async function fullDisk(build: string, port: number): Promise<Result> {
  const judge = new Judge()
  const folder = disk()
  const server = new Server(port, { YISHI_DATA_DIR: join(folder, 'var'), YISHI_PUBLIC_URL: `http://127.0.0.1:${port}` }, build)
  const rows = <Row>(sql: string): Row[] => {
    const out = execFileSync('sqlite3', ['-json', '-cmd', '.timeout 5000', join(folder, 'var', 'yishi.db'), sql], { encoding: 'utf8' })
    return out.trim() ? (JSON.parse(out) as Row[]) : []
  }
  try {
    mkdirSync(join(folder, 'var'), { recursive: true })
    await server.start()
    const { staff: login } = server.demo()
    const staff = await new Api(server.url).signIn(login.login, login.password)
    const meeting = await openMeeting(staff, 6, { auto_record: true })
    const apis = await Promise.all(meeting.links.map((link) => new Api(server.url).signInByLink(link)))
    const [stays, goes] = [await Foe.join(apis[0]!, port, meeting.id), await Foe.join(apis[1]!, port, meeting.id)]
    const beat = setInterval(() => stays.socket.json({ t: 'ping', id: 7, at: 1 }), 2000)
    await pause(2000)
    const filler = join(folder, 'filler')
    fill(filler)
    const began = Date.now()
    const said: string[] = []
    const came: string[] = [stays.pid, goes.pid]
    goes.socket.json({ t: 'leave', id: 8 })
    for (let i = 0; i < FULL_S; i++) {
      const reply = await stays.ask({ t: 'chat', text: `第 ${i} 条` }, 900).catch(() => undefined)
      if (reply?.t === 'ok') said.push((reply.chat as { id: string }).id)
      if (i % 5 === 1 && i < 15) {
        const api = apis[2 + Math.floor(i / 5)]!
        const foe = await Foe.join(api, port, meeting.id).catch(() => undefined)
        if (foe) came.push(foe.pid)
      }
      fill(filler)
      await pause(Math.max(0, began + 1000 * (i + 1) - Date.now()))
    }
    clearInterval(beat)
    await server.kill9()
    const died = Date.now()
    rmSync(filler)
    judge.figures.serving_ms = Math.round(await server.start())
    const kept = new Set(rows<{ id: string }>('select id from chat_message').map((row) => row.id))
    const there = new Set(rows<{ participant: string }>('select participant from presence_segment').map((row) => row.participant))
    const [last] = rows<{ left_at: number }>(`select max(left_at) left_at from presence_segment where participant = '${stays.pid}'`)
    const [left] = rows<{ n: number }>(`select count(*) n from presence_segment where participant = '${goes.pid}' and ended_by = 'left'`)
    judge.figures.comments_acknowledged = said.length
    judge.figures.comments_lost = said.filter((id) => !kept.has(id)).length
    judge.figures.came = came.length
    judge.figures.presence_lost = came.filter((pid) => !there.has(pid)).length
    judge.figures.attendance_lost_s = Math.round((died - (last?.left_at ?? 0)) / 100) / 10
    judge.figures.leave_kept = left?.n === 1
    const recordings = rows<{ state: string }>('select state from recording').map((row) => row.state)
    judge.figures.recordings = recordings
    judge.expect(judge.figures.comments_lost === 0, `${String(judge.figures.comments_lost)} of ${said.length} acknowledged comments are gone`)
    judge.expect(judge.figures.presence_lost === 0, `${String(judge.figures.presence_lost)} of ${came.length} who came are not on record`)
    judge.expect(Number(judge.figures.attendance_lost_s) <= 15, `the last ${String(judge.figures.attendance_lost_s)} s of attendance are gone`)
    judge.expect(left?.n === 1, 'who left while the disk was full did not leave')
    judge.expect(!recordings.includes('recording'), 'a recording is left in the state recording')
  } catch (error) {
    judge.short.push(`could not be carried out: ${String(error)}`)
    console.error(server.tail(20))
  } finally {
    await server.dispose()
    execFileSync('umount', ['-l', folder])
    rmSync(folder, { recursive: true, force: true })
  }
  return { figures: judge.figures, short: judge.short }
}

/** An empty or missing database beside recordings is no new server. */
async function lostDatabase(build: string, port: number): Promise<Result> {
  const judge = new Judge()
  const server = new Server(port, { YISHI_PUBLIC_URL: `http://127.0.0.1:${port}` }, build)
  try {
    await server.start()
    const { staff: login } = server.demo()
    const staff = await new Api(server.url).signIn(login.login, login.password)
    const meeting = await openMeeting(staff, 1, { auto_record: true })
    const foe = await Foe.join(await new Api(server.url).signInByLink(meeting.links[0]!), port, meeting.id)
    await pause(2500)
    foe.socket.end()
    await server.stop()
    truncateSync(server.database)
    for (const end of ['-wal', '-shm']) rmSync(server.database + end, { force: true })
    for (const name of ['empty', 'missing']) {
      if (name === 'missing') rmSync(server.database)
      const started = await server.start().then(() => true, (error: unknown) => String(error))
      judge.expect(started !== true, `${name}: it starts as an empty server`)
      judge.figures[name] = started === true ? 'started' : 'refused'
      if (started === true) await server.stop()
      else judge.expect(String(started).includes('yishictl restore'), `${name}: it does not say how to restore`)
      judge.expect(name === 'missing' || statSync(server.database).size === 0, 'the empty file was written')
    }
  } catch (error) {
    judge.short.push(`could not be carried out: ${String(error)}`)
  } finally {
    await server.dispose()
  }
  return { figures: judge.figures, short: judge.short }
}

/** Somebody with the file in his hands takes the newest audit records away, and mends the chain by that. */
async function cutAudit(build: string, port: number): Promise<Result> {
  const judge = new Judge()
  const server = new Server(port, { YISHI_PUBLIC_URL: `http://127.0.0.1:${port}` }, build)
  const verify = (): number => {
    try {
      server.ctl('verify', '--quick')
      return 0
    } catch (error) {
      return (error as { status?: number }).status ?? -1
    }
  }
  const sql = (text: string): string => execFileSync('sqlite3', [server.database, text], { encoding: 'utf8' })
  try {
    await server.start()
    const { staff: login } = server.demo()
    const staff = await new Api(server.url).signIn(login.login, login.password)
    await openMeeting(staff, 3)
    await server.stop()
    await server.start() // a head is signed at the start, as every hour
    await server.stop()
    judge.figures.untouched = verify()
    judge.expect(judge.figures.untouched === 0, `verify ends with ${String(judge.figures.untouched)} though nothing was touched`)
    const guards = sql("select name from sqlite_master where type = 'trigger' and tbl_name = 'audit_record'").trim().split('\n').filter(Boolean)
    sql(guards.map((name) => `drop trigger ${name};`).join(' ') + ' delete from audit_record where seq > (select max(seq) - 3 from audit_record);')
    judge.figures.cut = verify()
    judge.expect(judge.figures.cut === 1, `verify ends with ${String(judge.figures.cut)} after the tail was cut`)
  } catch (error) {
    judge.short.push(`could not be carried out: ${String(error)}`)
  } finally {
    await server.dispose()
  }
  return { figures: judge.figures, short: judge.short }
}

export const rows: Record<string, (build: string, port: number) => Promise<Result>> = { 'full-disk': fullDisk, 'lost-database': lostDatabase, 'cut-audit': cutAudit }
