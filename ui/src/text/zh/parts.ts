export default {
  no_risk: '未评估',
  risk: '{{name}}风险',
  overdue: '逾期 {{n}} 天',
  due_today: '今天应访',
  due_in: '还有 {{n}} 天',
  visit: '写走访',
  visit_of: '写走访：{{name}}',
  take: '用这个',
  this_computer: '本机',
  nothing_written: '未填',
  names: '仍可给这些孩子写走访',
  names_search: '姓名或社区',
};
