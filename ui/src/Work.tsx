// The open desk: navigation, the page, the status line that is always there.
import { RouterProvider } from '@tanstack/react-router';
import { FormsProvider } from './parts/forms';
import { router } from './routes';

export default function Work() {
  return <FormsProvider><RouterProvider router={router} /></FormsProvider>;
}
