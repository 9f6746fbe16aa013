// Who is offered 分派 and 收回. The core judges; this only keeps others from a button it would refuse.
import { useAnswer, type Role } from '../../api';

const ASSIGN: readonly Role[] = ['supervisor', 'centre_admin'];

export function useMayAssign(): boolean {
  const me = useAnswer('me', {});
  return me.data?.posts.some(({ role }) => ASSIGN.includes(role)) ?? false;
}
