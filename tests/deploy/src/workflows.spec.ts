import { Tree } from './tree.ts';
import { workflowFaults } from './workflows.ts';

it('builds, tests and deploys what there is', () => {
  expect(workflowFaults(Tree.root)).toEqual([]);
});

describe('a mistake in a workflow is found:', () => {
  it.each<[string, string, string, string, RegExp]>([
    ['a key that Actions does not know', 'ci.yml', 'runs-on: ubuntu-24.04', 'run-on: ubuntu-24.04', /run-on|runs-on/],
    ['an expression that does not end', 'ci.yml', "group: 'ci-${{ github.ref }}'", "group: 'ci-${{ github.re f }}'", /Unexpected|expression/i],
    ['a script that there is not', 'conformance.yml', 'npm run sale', 'npm run sell', /no script sell/],
    ['a file that there is not', 'ci.yml', 'infra/azure/main.bicep', 'infra/azure/all.bicep', /no infra\/azure\/all.bicep/],
    ['an action that moves', 'ci.yml', 'actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2', 'actions/checkout@v4', /a tag moves/],
    ['a job without an end', 'ci.yml', '    timeout-minutes: 10\n', '', /bicep may run for ever/],
    ['rights that nobody stated', 'conformance.yml', 'permissions: { contents: read }\n', '', /may do everything/],
    ['an image that is forgotten', 'ci.yml', ', receipt, functions]', ', receipt]', /makes images of/],
    ['a parameter that is not given', 'deploy.yml', '  PROVIDER_URL: ${{ vars.PROVIDER_URL }}\n', '', /PROVIDER_URL is not given/],
    ['nobody who approves', 'deploy.yml', '    environment: ${{ inputs.environment }}\n', '', /nobody has to approve/],
    ['revisions before tables', 'deploy.yml', 'STAGE=migrations', 'STAGE=all', /before their tables/],
    ['a database that is not migrated', 'deploy.yml', 'payment receipt functions; do', 'payment receipt; do', /functions is not migrated/],
    ['a sale before the new revisions serve', 'deploy.yml', 'tools/azure-ready.sh "$GROUP" "$service"', 'true', /sold by the revisions before/],
    ['a till that looks for its services beside it', 'deploy.yml', 'app_location: out/till', 'app_location: services/web/dist', /not told where its services are/],
    ['a till that is given something else', 'deploy.yml', 'outputs.tillAddresses.value', 'outputs.webUrl.value', /not told where its services are/],
    ['a till that is not deployed', 'deploy.yml', 'node services/web/build.mjs', 'true', /till in the browser stays/],
    ['no sale afterwards', 'deploy.yml', 'node tools/run.mjs file tests/deploy/src/smoke.ts', 'echo sold', /nothing is sold afterwards/],
    ['no way back', 'deploy.yml', "env: { IMAGE_TAG: '${{ steps.before.outputs.tag }}' }", "env: { A: 'b' }", /no way back/],
  ])('%s', (_, name, right, wrong, says) => {
    expect(Tree.withMistake(`.github/workflows/${name}`, right, wrong, workflowFaults)).toEqual(expect.arrayContaining([expect.stringMatching(says)]));
  });
});
