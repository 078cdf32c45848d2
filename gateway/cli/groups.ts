import type { Client } from '@lockstep/shared/client/client'
import type { Group, GroupBinding, GroupMember, RemoteGroup } from '@lockstep/shared/contract/group'
import type { Command } from 'commander'
import { all, connect, dataOption, findConnection, findUser } from './remote.ts'
import { CommandError, type Shell } from './shell.ts'
import { type Column, print, printJson } from './table.ts'

type Json = { json?: boolean }
type AtConnection = Json & { connection?: string }

const which = ['--connection <connection>', 'name or id; not needed when there is only one'] as const

const groups: Column<Group>[] = [
  { title: 'Name', of: ({ displayName }) => displayName },
  { title: 'Members', of: ({ members }) => members },
  { title: 'Description', of: ({ description }) => description },
  { title: 'Id', of: ({ id }) => id },
]

const members: Column<GroupMember>[] = [
  { title: 'Email', of: ({ email }) => email },
  { title: 'Name', of: ({ displayName }) => displayName },
  { title: 'Id', of: ({ id }) => id },
]

const remotes: Column<RemoteGroup>[] = [
  { title: 'Name', of: ({ displayName }) => displayName },
  { title: 'Kind', of: ({ kind }) => kind },
  { title: 'Members', of: (group) => group.members },
  { title: 'Follows', of: ({ groupId }) => groupId },
  { title: 'Object id', of: ({ id }) => id },
  { title: 'Why it cannot be bound', of: ({ refusal }) => refusal },
]

const bindings: Column<GroupBinding>[] = [
  { title: 'Group', of: ({ displayName }) => displayName },
  { title: 'State', of: ({ state }) => state },
  { title: 'Object id', of: ({ accountId }) => accountId },
  { title: 'Problem', of: ({ error }) => error && `${error.detail} ${error.remedy}` },
]

/** `lockstep groups …` */
export function addGroups(program: Command, shell: Shell): void {
  const command = program.command('groups').description('security groups and the groups of the tenants')
  addOwn(command, shell)
  addMembers(command, shell)
  addRemote(command, shell)
}

function addOwn(parent: Command, shell: Shell): void {
  parent
    .command('list')
    .description('groups of the directory')
    .option('--search <text>', 'beginning of the name')
    .option('--json', 'print JSON')
    .action(async (options: Json & { search?: string }, command: Command) => {
      const { client } = await connect(shell, dataOption(command))
      print(shell, options.json, await listGroups(client, options.search), groups)
    })

  parent
    .command('create')
    .description('make a group')
    .argument('<name>', 'name that people see')
    .option('--description <text>', 'what it is for')
    .option('--json', 'print JSON')
    .action(async (displayName: string, options: Json & { description?: string }, command: Command) => {
      const { client } = await connect(shell, dataOption(command))
      const { description } = options
      const group = await client.call('POST /groups', {
        body: { displayName, ...(description !== undefined && { description }) },
      })
      if (options.json) return printJson(shell, group)
      print(shell, false, [group], groups)
    })

  parent
    .command('delete')
    .description('delete a group here; the groups in the tenants stay as they are')
    .argument('<group>', 'name or id')
    .action(async (named: string, _: Json, command: Command) => {
      const { client } = await connect(shell, dataOption(command))
      const group = await findGroup(client, named)
      await client.call('DELETE /groups/{id}', { params: { id: group.id } })
      shell.out(`${group.displayName} is deleted here.\n`)
    })
}

function addMembers(parent: Command, shell: Shell): void {
  parent
    .command('members')
    .description('who is in a group')
    .argument('<group>', 'name or id')
    .option('--json', 'print JSON')
    .action(async (named: string, options: Json, command: Command) => {
      const { client } = await connect(shell, dataOption(command))
      const { id } = await findGroup(client, named)
      const found = await all((cursor) =>
        client.call('GET /groups/{id}/members', {
          params: { id },
          query: { limit: 500, ...(cursor !== undefined && { cursor }) },
        }),
      )
      print(shell, options.json, found, members)
    })

  for (const verb of ['add', 'remove'] as const) {
    parent
      .command(verb)
      .description(verb === 'add' ? 'put people into a group' : 'take people out of a group')
      .argument('<group>', 'name or id')
      .argument('<user...>', 'emails or ids')
      .option('--json', 'print JSON')
      .action(async (named: string, people: string[], options: Json, command: Command) => {
        const { client } = await connect(shell, dataOption(command))
        const { id } = await findGroup(client, named)
        const route = verb === 'add' ? 'PUT /groups/{id}/members/{userId}' : 'DELETE /groups/{id}/members/{userId}'
        // Everybody is found before anything is changed.
        const users = []
        for (const person of people) users.push(await findUser(client, person))
        for (const user of users) await client.call(route, { params: { id, userId: user.id } })
        const group = await client.call('GET /groups/{id}', { params: { id } })
        if (options.json) return printJson(shell, group)
        print(shell, false, [group], groups)
      })
  }
}

function addRemote(parent: Command, shell: Shell): void {
  parent
    .command('remote')
    .description('the groups of the tenant, and why some cannot be bound')
    .option(...which)
    .option('--search <text>', 'beginning of the name')
    .option('--json', 'print JSON')
    .action(async (options: AtConnection & { search?: string }, command: Command) => {
      const { client } = await connect(shell, dataOption(command))
      const { id } = await findConnection(client, options.connection)
      const filter = options.search === undefined ? {} : { search: options.search }
      const found = await all((cursor) =>
        client.call('GET /connections/{id}/remote-groups', {
          params: { id },
          query: { limit: 500, ...filter, ...(cursor !== undefined && { cursor }) },
        }),
      )
      print(shell, options.json, found, remotes)
    })

  parent
    .command('bound')
    .description('which groups are followed at Microsoft 365')
    .option(...which)
    .option('--json', 'print JSON')
    .action(async (options: AtConnection, command: Command) => {
      const { client } = await connect(shell, dataOption(command))
      const { id } = await findConnection(client, options.connection)
      const found = await all((cursor) =>
        client.call('GET /connections/{id}/groups', {
          params: { id },
          query: { limit: 500, ...(cursor !== undefined && { cursor }) },
        }),
      )
      print(shell, options.json, found, bindings)
    })

  parent
    .command('bind')
    .description('let a group of the tenant follow one here: the one named, or a new one')
    .argument('<group>', 'name or id')
    .option(...which)
    .option('--to <object id>', 'the group of the tenant')
    .option('--json', 'print JSON')
    .action(async (named: string, options: AtConnection & { to?: string }, command: Command) => {
      const { client } = await connect(shell, dataOption(command))
      const { id } = await findConnection(client, options.connection)
      const binding = await client.call('PUT /connections/{id}/groups/{groupId}', {
        params: { id, groupId: (await findGroup(client, named)).id },
        body: options.to === undefined ? {} : { accountId: options.to },
      })
      if (options.json) return printJson(shell, binding)
      print(shell, false, [binding], bindings)
    })

  parent
    .command('unbind')
    .description('end that: the group in the tenant stays as it is')
    .argument('<group>', 'name or id')
    .option(...which)
    .action(async (named: string, options: AtConnection, command: Command) => {
      const { client } = await connect(shell, dataOption(command))
      const { id } = await findConnection(client, options.connection)
      const group = await findGroup(client, named)
      await client.call('DELETE /connections/{id}/groups/{groupId}', { params: { id, groupId: group.id } })
      shell.out(`${group.displayName} is not followed any more.\n`)
    })
}

async function listGroups(client: Client, search: string | undefined): Promise<Group[]> {
  return await all((cursor) =>
    client.call('GET /groups', {
      query: { limit: 500, ...(search && { search }), ...(cursor !== undefined && { cursor }) },
    }),
  )
}

/** The group with that id or, when only one is called so, with that name. */
export async function findGroup(client: Client, named: string): Promise<Group> {
  const alike = (await listGroups(client, undefined)).filter(
    ({ id, displayName }) => id === named || displayName.toLowerCase() === named.toLowerCase(),
  )
  const [only, ...others] = alike
  if (only === undefined) throw new CommandError(`There is no group "${named}". "lockstep groups list" shows all.`)
  if (others.length > 0) throw new CommandError(`${alike.length} groups are called "${named}". Give the id.`, 2)
  return only
}
