// Nobody loses what he has typed by a touch beside it: whatever is typed into stands in a form that keeps a draft and asks
// before it is left, RecordForm (useForm) or useDraft.
import { expect, it } from 'vitest'

const sources = import.meta.glob<string>('../**/*.vue', { query: '?raw', import: 'default', eager: true })
const CONTROL = /<(?:input|textarea|select|ElDatePicker|ElTimePicker|ElSelect|ElSwitch|FieldInput|FilesInput|RefPicker|PeoplePicker|MeetingForm|GuestFields|VerbChoice|WarnInput)\b/
const KEEPS = /<RecordForm\b|\buse(?:Form|Draft)\(/

/** What has a control, and nothing of it to be lost. */
const OTHERS: Readonly<Record<string, string>> = {
  // parts of forms, and what is put into them
  'components/records/ConflictTable': 'of RecordForm',
  'components/records/FieldInput': 'of forms',
  'components/records/FilesInput': 'of FieldInput',
  'components/records/RefPicker': 'of FieldInput',
  'components/records/TellNobody': 'of a step: whoever comes back to it says so anew',
  'domain/deadline_rule/WarnInput': 'of RecordForm',
  'domain/delegation/VerbChoice': 'of RecordForm',
  'staff/GuestFields': 'of forms',
  'staff/MeetingForm': 'of forms',
  'staff/PeoplePicker': 'of forms',
  // what a list or a page shows: it stands in the address, or is chosen anew
  'components/records/BulkBar': 'an order',
  'components/records/ColumnMenu': 'columns',
  'components/records/DataTable': 'a day',
  'components/records/FilterEditor': 'a filter',
  'components/records/ListPager': 'how many',
  'components/records/ListStatistics': 'by what it is counted',
  'components/records/ListTabs': 'the name of a view: a word, which stays as long as the page',
  'components/records/RowsTable': 'rows that are ticked',
  'recordings/PlayerPage': 'where and how fast it plays',
  'shell/MePage': 'how it looks',
  'shell/SearchBox': 'a search',
  'staff/AuditPage': 'filters',
  'staff/NameList': 'a list that is pasted: it stands where it was copied',
  'staff/SearchField': 'a search',
  'system/LinesPage': 'what is shown',
  'system/RightsPage': 'what is shown',
  'system/WhyOther': 'a question: it stands in the address',
  // files that are sent at once
  'components/records/ImportFile': 'a table: the plan is kept by the server',
  'system/PapersPage': 'a template',
  // what is secret is kept nowhere
  'pages/AccountPage': 'a password',
  'pages/CodeStep': 'a code',
  'pages/LoginPage': 'a password',
  'pages/NewPassword': 'a password',
  'pages/PasswordPage': 'a password',
  'pages/SecondFactorPage': 'a code',
  'gallery/GalleryPage': 'what controls look like',
}
/** A meeting goes on: there nothing is kept. */
const ROOM = /^room\//

const named = Object.entries(sources).map(([file, source]) => [file.replace(/^\.\.\/|\.vue$/g, ''), source] as const)
const typed = named.filter(([name, source]) => CONTROL.test(source) && !ROOM.test(name))

it('whatever is typed into keeps a draft', () => {
  expect(typed.filter(([name, source]) => !KEEPS.test(source) && !OTHERS[name]).map(([name]) => name)).toEqual([])
})

it('and nothing is excepted for nothing', () => {
  const lost = new Set(typed.filter(([, source]) => !KEEPS.test(source)).map(([name]) => name))
  expect(Object.keys(OTHERS).filter((name) => !lost.has(name))).toEqual([])
})

it('a dialog with a form asks before it is closed', () => {
  const asks = (source: string) => (/<RecordForm\b/.test(source) ? /\.cancel\(\)/ : /\.mayClose\(/).test(source)
  const dialogs = named.filter(([, source]) => /<ModalBox\b/.test(source) && KEEPS.test(source))
  expect(dialogs.length).toBeGreaterThan(10)
  expect(dialogs.filter(([, source]) => !asks(source)).map(([name]) => name)).toEqual([])
})
