// What the server adds on the way: 20 people who all send picture and sound, each seeing nine.
import { finish, lossOf, round, stepOf, withServer } from '../lib/load'

const SECONDS = Number(process.argv[2] ?? 20)
const run = stepOf(await withServer(['--participants', '20', '--video-slots', '9', '--staggered'], `join all; wait 4; mark -; wait ${SECONDS}; mark run`), 'mark run')
const { audio_delay_ms, video_delay_ms } = run.plain
const short: string[] = []
if (run.in !== 20) short.push(`only ${run.in} are in`)
if (!(video_delay_ms.count > 0 && video_delay_ms.p99 <= 5)) short.push(`picture p99 ${video_delay_ms.p99} ms`)
if (!(audio_delay_ms.count > 0 && audio_delay_ms.p99 <= 5)) short.push(`sound p99 ${audio_delay_ms.p99} ms`)
finish('delay', { people: 20, seconds: SECONDS, audio_delay_ms, video_delay_ms, loss: round(lossOf(run.plain), 6), server_cores: round(run.server.cores), client_cores: round(run.client.cores) }, short)
