export default {
  no_risk: 'not assessed',
  risk: '{{name}} risk',
  overdue: '{{n}} days overdue',
  due_today: 'due today',
  due_in: 'in {{n}} days',
  visit: 'Write visit',
  visit_of: 'Write visit: {{name}}',
  take: 'Use this',
  this_computer: 'this computer',
  nothing_written: 'empty',
  names: 'A visit to these children can still be written',
  names_search: 'Name or community',
};
