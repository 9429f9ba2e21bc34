// What an attack is, and what it may use.
import { Api, openMeeting } from '../lib/api'
import { Foe, type Shape } from '../lib/foe'
import type { Server } from '../lib/server'

export interface Place {
  server: Server
  staff: Api
  /** The meeting of the honest people. */
  meeting: string
  /** The pids of those of them who send pictures. */
  publishers: string[]
}

export interface Result {
  figures: Record<string, unknown>
  /** What is not as it should be, in words. */
  short: string[]
}

export interface Attack {
  name: string
  /** The fault that it looks for. */
  what: string
  /** How long it may take. */
  seconds: number
  run(place: Place): Promise<Result>
}

/** Collects what is not as it should be. */
export class Judge {
  readonly short: string[] = []
  readonly figures: Record<string, unknown> = {}
  expect(holds: boolean, what: string): void {
    if (!holds) this.short.push(what)
  }
}

/** An attack from a function that judges itself. */
export const attack = (name: string, what: string, seconds: number, run: (place: Place, judge: Judge) => Promise<void>): Attack => ({
  name,
  what,
  seconds,
  async run(place) {
    const judge = new Judge()
    try {
      await run(place, judge)
    } catch (error) {
      judge.short.push(`could not be carried out: ${String(error)} ${String((error as Error).cause ?? "")}`)
    }
    return { figures: judge.figures, short: judge.short }
  },
})

/** Guests of the honest people's meeting, signed in. */
export async function guests(place: Place, count: number, meeting = place.meeting): Promise<Api[]> {
  const all: Api[] = []
  for (let i = 0; i < count; i++) {
    const invitation = await place.staff.call<{ link: string }>('POST', `/api/v1/meetings/${meeting}/invitations`, { guest_name: `客人 ${i + 1}`, capacity: 'invited' })
    all.push(await new Api(place.server.url).signInByLink(invitation.link))
  }
  return all
}

/** Foes of these shapes in the honest people's room. */
export async function foes(place: Place, ...shapes: Shape[]): Promise<Foe[]> {
  const apis = await guests(place, shapes.length)
  return Promise.all(shapes.map((shape, i) => Foe.connect(apis[i]!, place.server.port, place.meeting, shape)))
}

/** A meeting of its own, where nobody else speaks. */
export async function foesApart(place: Place, ...shapes: Shape[]): Promise<Foe[]> {
  const meeting = await openMeeting(place.staff, shapes.length)
  return Promise.all(shapes.map(async (shape, i) => Foe.connect(await new Api(place.server.url).signInByLink(meeting.links[i]!), place.server.port, meeting.id, shape)))
}
