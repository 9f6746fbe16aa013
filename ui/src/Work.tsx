// The open desk: navigation, the page, the status line that is always there.
import { RouterProvider } from '@tanstack/react-router';
import { router } from './routes';

export default function Work() {
  return <RouterProvider router={router} />;
}
