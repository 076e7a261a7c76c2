import { useCapabilities } from "../../api/capabilities";
import { Unavailable } from "../../components/Unavailable";
import { t } from "../../words/en";
import { JobCard } from "./JobCard";
import { useJobs } from "./query";
import { RetrainForm } from "./RetrainForm";
import { Samples } from "./Samples";

export default function TrainingPage() {
  const offered = useCapabilities();
  const isOff = offered && !offered.training && !offered.samples;
  return (
    <>
      <h1>{t.training.title}</h1>
      <p className="lead">{t.training.lead}</p>
      {isOff ? <Unavailable what={t.training.what} why={t.off.training} /> : <Workshop />}
    </>
  );
}

function Workshop() {
  const { data, error } = useJobs();
  if (error) return <Unavailable what={t.training.what} error={error} />;
  return (
    <>
      <Samples />
      <RetrainForm />
      <section aria-labelledby="jobs-title">
        <h2 id="jobs-title">{t.training.jobs}</h2>
        {data?.count === 0 && <p className="notice">{t.training.noJobs}</p>}
        <ul className="jobs">
          {data?.jobs.map((job) => (
            <JobCard key={job.id} job={job} />
          ))}
        </ul>
      </section>
    </>
  );
}
