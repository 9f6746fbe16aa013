export default function Dayend() {
  return <h1>Dayend</h1>;
}
