export default function Children() {
  return <h1>Children</h1>;
}
