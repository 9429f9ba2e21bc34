// Everybody in the meeting as reactive values, redrawn at most four times a second; who came, left or
// raised a hand is said to those who do not see it.
import { computed, onScopeDispose, ref, type Ref } from 'vue'
import { announce } from '@/composables/useAnnouncer'
import { toast } from '@/composables/useToasts'
import { t } from '@/i18n'
import type { MeetingClient } from '@/sdk/meeting'
import type { Participant } from '@/sdk/protocol'
import { handsInOrder } from './order'

const REDRAW_MS = 250

export function usePeople(
  client: MeetingClient,
  pid: Ref<string>,
  isHost: Ref<boolean>,
  showPeople: () => void,
) {
  const rosterVersion = ref(0)
  const raised = new Set<string>()
  let redraw: ReturnType<typeof setTimeout> | undefined
  let arrivals: string[] = []
  let departures: string[] = []

  const total = computed(() => (rosterVersion.value, client.roster.total))
  const everyone = computed<Participant[]>(() => (rosterVersion.value, [...client.roster.items.values()]))
  const hands = computed(() => handsInOrder(everyone.value))

  function participant(of: string): Participant | null {
    void rosterVersion.value
    return client.roster.items.get(of) ?? null
  }

  function sayHand(person: Participant): void {
    const text = t('room.said_hand', { name: person.name })
    announce(text)
    if (isHost.value) toast(text, 'attention', { label: t('room.show_people'), run: showPeople })
  }

  function noteHands(): void {
    for (const p of client.roster.items.values()) {
      if (!p.hand) raised.delete(p.pid)
      else if (!raised.has(p.pid)) {
        raised.add(p.pid)
        if (p.pid !== pid.value) sayHand(p)
      }
    }
  }

  function sayWhoCame(): void {
    if (arrivals.length === 1) announce(t('room.said_joined', { name: arrivals[0]! }))
    else if (arrivals.length > 1) announce(t('room.said_joined_many', { count: arrivals.length }))
    else if (departures.length === 1) announce(t('room.said_left', { name: departures[0]! }))
    arrivals = []
    departures = []
  }

  function draw(): void {
    redraw = undefined
    noteHands()
    rosterVersion.value++
    sayWhoCame()
  }

  client.roster.on('change', ({ joined, left }) => {
    arrivals.push(...joined.map((p) => p.name))
    departures.push(...left.map((p) => p.name))
    if (rosterVersion.value === 0) draw()
    else redraw ??= setTimeout(draw, REDRAW_MS)
  })
  onScopeDispose(() => clearTimeout(redraw))

  return { rosterVersion, total, everyone, hands, participant }
}
