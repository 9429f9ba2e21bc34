// Printed by `yishid --print web/paper_template` of what the server declares (server/domain/paper_template).
import type { ListQuery, SubjectMeta } from '@/model/meta'

export type PaperTemplateVerb = 'withdraw'

export interface PaperTemplate {
  id: string
  form: string
  name: string
  size: number
  sha256: string
  withdrawn_at: number | null
  version: number
  created_at: number
  created_by: {
    id: string
    name: string
  }
  may: PaperTemplateVerb[]
}

export interface PaperTemplatePaperTemplatesQuery extends ListQuery {
  sort?: 'created_at' | '-created_at'
  form?: string
}

export interface PaperTemplateTypes {
  row: PaperTemplate
  lists: {
    paper_templates: PaperTemplatePaperTemplatesQuery
  }
  forms: {
    withdraw: object
  }
}

export const paper_template = {
  name: 'paper_template',
  fields: {
    form: { type: 'text', least: 3, most: 80, of: 'a-z_.' },
    name: { type: 'text', least: 1, most: 200 },
    size: { type: 'int', least: 1, most: 2147483647 },
    sha256: { type: 'text', least: 64, most: 64, of: '0-9a-f' },
    withdrawn_at: { type: 'time', optional: true },
  },
  lists: {
    paper_templates: { path: '/paper_templates', sort: ['-created_at'], filter: ['form'], most: 200 },
  },
  one: '/paper_templates/{paper_template}',
  forms: {
    withdraw: {
      method: 'POST',
      path: '/paper_templates/{paper_template}/withdraw',
      verb: 'withdraw',
      fields: [],
    },
  },
  states: [],
  steps: {},
  words: {
    zh: {
      paper_template: '打印模板',
      form: '表单',
      name: '文件',
      size: '大小',
      sha256: '校验值',
      withdrawn_at: '停用时间',
      'list.paper_templates': '打印模板',
      'sort.created_at': '上传时间',
      'verb.read': '查看',
      'verb.withdraw': '恢复系统模板',
      'scope.used': '正在使用的模板',
      'code.no_file': '请选择 DOCX 模板文件（不超过 2 MB）。',
      'code.unreadable': '模板无法读取：请用 Word 或 WPS 另存为 DOCX 后再上传。原模板继续使用。',
      'code.encrypted': '模板有密码或为旧版 DOC 格式：请另存为不加密的 DOCX。原模板继续使用。',
      'code.too_large': '模板或要打印的内容过大。',
      'code.foreign': '模板含有外部链接、宏或嵌入对象（{names}），不能使用。请删除后再上传。',
      'code.unknown': '模板里有系统不认识的占位符：{names}。请改正后再上传。',
      'code.no_converter':
        '这台服务器没有安装 PDF 转换程序，请改用 DOCX；系统管理员可安装 libreoffice-writer-nogui。',
      'code.failed': '文件没有生成。请稍后再试；仍不行请改用 DOCX 或联系系统管理员。',
    },
    en: {
      paper_template: 'Print template',
      form: 'Form',
      name: 'File',
      size: 'Size',
      sha256: 'Digest',
      withdrawn_at: 'Used until',
      'list.paper_templates': 'Print templates',
      'sort.created_at': 'Brought at',
      'verb.read': 'See',
      'verb.withdraw': 'Restore the shipped template',
      'scope.used': 'The template in use',
      'code.no_file': 'Choose a DOCX file of at most 2 MB as the template.',
      'code.unreadable':
        'The template cannot be read: save it as DOCX in the word processor and bring it again. The former template stays.',
      'code.encrypted':
        'The template has a password or is of the old DOC format: save it as DOCX without one. The former template stays.',
      'code.too_large': 'The template, or what is to be printed, is too large.',
      'code.foreign':
        'The template has external links, macros or embedded objects ({names}) and cannot be used. Remove them and bring it again.',
      'code.unknown':
        'The template has placeholders that stand for nothing: {names}. Correct them and bring it again.',
      'code.no_converter':
        'No PDF converter is installed on this server: print as DOCX. The system administrator can install libreoffice-writer-nogui.',
      'code.failed':
        'The document was not made. Try again later; if that fails too, print as DOCX or tell the system administrator.',
    },
  },
} as const satisfies SubjectMeta
