export default function Note() {
  return <h1>Note</h1>;
}
