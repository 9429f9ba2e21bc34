// Printed by `yishid --print web`: every kind of record that the server declares.
import { person } from '@/domain/person/gen'
import { org } from '@/domain/org/gen'
import { post } from '@/domain/post/gen'
import { audit } from '@/domain/audit/gen'
import { role_holder } from '@/domain/role_holder/gen'
import { dict_item } from '@/domain/dict_item/gen'

export const subjects = [person, org, post, audit, role_holder, dict_item] as const
